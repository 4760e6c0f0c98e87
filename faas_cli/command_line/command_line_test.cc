#include "faas_cli/command_line/command_line.h"

#include <initializer_list>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "function/option_table.h"
#include "gtest/gtest.h"

namespace faas::cli {
namespace {

using Texts = std::vector<std::string>;

// A command line that was parsed, and what that wrote.
struct Invocation {
  explicit Invocation(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "faas");
    parsed = command_line.Parse(static_cast<int>(arguments.size()),
                                arguments.data(), out, err);
  }
  bool ok() const { return parsed.action != nullptr; }
  const Texts& Given(const std::string& option) const {
    return command_line.functions().flags().given.at(option);
  }
  const std::string& file() const {
    return command_line.functions().image().archive;
  }

  CommandLine command_line;
  std::ostringstream out, err;
  CommandLine::Parsed parsed;
};

void ExpectUsageError(std::vector<const char*> arguments,
                      const std::string& message) {
  const Invocation run(std::move(arguments));
  EXPECT_FALSE(run.ok());
  EXPECT_EQ(run.parsed.exit_status, 2);
  EXPECT_EQ(run.err.str(), message + "\n");
  EXPECT_EQ(run.out.str(), "");
}

TEST(CommandLineTest, EveryCommandIsParsed) {
  for (const std::vector<const char*>& arguments :
       std::initializer_list<std::vector<const char*>>{
           {"new", "x"},
           {"new", "x", "FILE"},
           {"update", "x", "-"},
           {"rm", "x"},
           {"list"},
           {"ip", "x"},
           {"describe", "x"},
           {"df"},
           {"gc"},
           {"version"},
           {"image", "inspect", "FILE"},
           {"image", "extract", "FILE", "DIR"}}) {
    const Invocation run(arguments);
    EXPECT_TRUE(run.ok()) << arguments[0] << ": " << run.err.str();
  }
}

TEST(CommandLineTest, EveryOptionHasBothSpellings) {
  for (const function::Option& option : function::OptionTable()) {
    const std::string old =
        absl::StrReplaceAll(option.flag(), {{"-", "_"}, {"--", "--"}});
    for (const std::string& spelling : {option.flag(), old}) {
      const Invocation run({"update", "x", spelling.c_str(), "A=1"});
      ASSERT_TRUE(run.ok()) << run.err.str();
      EXPECT_EQ(run.Given(option.name), Texts{"A=1"}) << spelling;
    }
  }
}

TEST(CommandLineTest, GlobalOptionsHaveBothSpellings) {
  for (const std::vector<const char*>& arguments :
       std::initializer_list<std::vector<const char*>>{
           {"--run-dir", "a", "--token-file=b", "--tls-cert", "c", "--tls-key",
            "d", "--tls-ca", "e", "list"},
           {"list", "--run_dir", "a", "--token_file=b", "--tls_cert", "c",
            "--tls_key", "d", "--tls_ca", "e"}}) {
    const Invocation run(arguments);
    ASSERT_TRUE(run.ok()) << run.err.str();
    const GlobalOptions& global = run.command_line.global();
    EXPECT_EQ(global.run_dir(), "a");
    EXPECT_EQ(global.credentials().token_file, "b");
    EXPECT_EQ(global.credentials().tls.cert, "c");
    EXPECT_EQ(global.credentials().tls.key, "d");
    EXPECT_EQ(global.credentials().tls.ca, "e");
  }
}

TEST(CommandLineTest, OutputIsTextOrJson) {
  EXPECT_EQ(Invocation({"list"}).command_line.global().output(), Output::kText);
  EXPECT_EQ(Invocation({"list", "-o", "json"}).command_line.global().output(),
            Output::kJson);
  EXPECT_EQ(Invocation({"list", "-o", "xml"}).parsed.exit_status, kUsageError);
}

TEST(CommandLineTest, OptionsMayStandBeforeTheFile) {
  const Invocation one({"update", "hello", "--idle-after", "5s", "FILE"});
  ASSERT_TRUE(one.ok()) << one.err.str();
  EXPECT_EQ(one.Given("idle-after"), Texts{"5s"});
  EXPECT_EQ(one.file(), "FILE");
  const Invocation repeated({"update", "hello", "--env", "A=b", "FILE"});
  ASSERT_TRUE(repeated.ok()) << repeated.err.str();
  EXPECT_EQ(repeated.Given("env"), Texts{"A=b"});
  EXPECT_EQ(repeated.file(), "FILE");
  const Invocation first({"new", "--env", "A=b", "--env=C=d", "hello", "FILE"});
  ASSERT_TRUE(first.ok()) << first.err.str();
  EXPECT_EQ(first.Given("env"), (Texts{"A=b", "C=d"}));
  EXPECT_EQ(first.command_line.functions().name(), "hello");
  EXPECT_EQ(first.file(), "FILE");
  const Invocation all({"update", "hello", "--cap-add", "KILL", "--secret",
                        "a=b", "--warm", "4", "FILE"});
  ASSERT_TRUE(all.ok()) << all.err.str();
  EXPECT_EQ(all.Given("warm"), Texts{"4"});
  EXPECT_EQ(all.file(), "FILE");
}

TEST(CommandLineTest, RepeatedOptionsCanBeRemoved) {
  const Invocation run({"update", "hello", "--no-env"});
  ASSERT_TRUE(run.ok()) << run.err.str();
  EXPECT_TRUE(run.command_line.functions().flags().removed.at("env"));
  EXPECT_EQ(
      Invocation({"update", "x", "--no-env", "--env=A=b"}).parsed.exit_status,
      kUsageError);
  EXPECT_FALSE(Invocation({"new", "hello", "--no-env"}).ok());
}

TEST(CommandLineTest, UnknownCommandNamesTheNearest) {
  ExpectUsageError({"lst"},
                   "faas: there is no command \"lst\"; did you mean \"list\"? "
                   "See \"faas --help\"");
  ExpectUsageError({"xyzzy", "-o", "json"},
                   "faas: there is no command \"xyzzy\"; see \"faas --help\"");
  ExpectUsageError({"image", "inspct", "FILE"},
                   "faas: there is no command \"image inspct\"; did you mean "
                   "\"image inspect\"? See \"faas image --help\"");
}

TEST(CommandLineTest, UnknownOptionNamesTheNearest) {
  ExpectUsageError({"new", "x", "--idle-aftr", "5s"},
                   "faas: there is no option \"--idle-aftr\"; did you mean "
                   "\"--idle-after\"? See \"faas new --help\"");
  ExpectUsageError({"new", "--max_concurency=5", "x"},
                   "faas: there is no option \"--max_concurency\"; did you "
                   "mean \"--max-concurrency\"? See \"faas new --help\"");
  ExpectUsageError({"list", "--rundir", "/x"},
                   "faas: there is no option \"--rundir\"; did you mean "
                   "\"--run-dir\"? See \"faas list --help\"");
  ExpectUsageError({"--adress", "host:1", "list"},
                   "faas: there is no option \"--adress\"; did you mean "
                   "\"--address\"? See \"faas list --help\"");
  ExpectUsageError({"rm", "--force"},
                   "faas: there is no option \"--force\"; see "
                   "\"faas rm --help\"");
  ExpectUsageError({"list", "-x"},
                   "faas: there is no option \"-x\"; see \"faas list --help\"");
}

TEST(CommandLineTest, OtherErrorsEndWithTheHint) {
  ExpectUsageError({}, "faas: A subcommand is required; see \"faas --help\"");
  ExpectUsageError({"rm"}, "faas: NAME is required; see \"faas rm --help\"");
  ExpectUsageError({"list", "x"},
                   "faas: The following argument was not expected: x; see "
                   "\"faas list --help\"");
  EXPECT_EQ(Invocation({"new", "x", "--warm"}).parsed.exit_status, kUsageError);
}

TEST(CommandLineTest, HelpShowsOneSpellingInLinesThatFit) {
  for (const char* command : {"new", "update", "list", "image", "version"}) {
    const Invocation run({command, "--help"});
    EXPECT_FALSE(run.ok());
    EXPECT_EQ(run.parsed.exit_status, 0);
    std::istringstream page(run.out.str());
    for (std::string line; std::getline(page, line);) {
      EXPECT_LE(line.size(), 80u) << line;
      EXPECT_EQ(line.find("_"), std::string::npos) << line;
    }
  }
  const std::string help = Invocation({"update", "--help"}).out.str();
  EXPECT_NE(help.find("--idle-after TIME"), std::string::npos) << help;
  EXPECT_NE(help.find("--no-cap-add"), std::string::npos) << help;
}

TEST(CommandLineTest, VersionGoesToStandardOutput) {
  const Invocation run({"--version"});
  EXPECT_EQ(run.parsed.exit_status, 0);
  EXPECT_EQ(run.out.str().substr(0, 5), "faas ");
}

}  // namespace
}  // namespace faas::cli
