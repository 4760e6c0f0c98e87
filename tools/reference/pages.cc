#include "tools/reference/pages.h"

#include <algorithm>
#include <cstdio>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "tools/reference/cli_page.h"
#include "tools/reference/flag_help.h"
#include "tools/reference/markdown.h"

namespace faas::reference {
namespace {

constexpr size_t kMaxTemplateBytes = 1 << 20;

// Runs `<daemon> --help` and returns the flags that it prints.
absl::StatusOr<std::vector<FlagHelp>> FlagsOf(const std::string& daemon) {
  const std::string command = absl::StrCat(daemon, "/", daemon, " --help");
  FILE* output = popen(command.c_str(), "r");
  if (output == nullptr) return base::ErrnoStatus(command);
  std::string text;
  char buffer[4096];
  while (const size_t bytes = fread(buffer, 1, sizeof(buffer), output)) {
    text.append(buffer, bytes);
  }
  pclose(output);
  std::vector<FlagHelp> flags = ParseFlagHelp(text);
  std::sort(
      flags.begin(), flags.end(),
      [](const FlagHelp& a, const FlagHelp& b) { return a.name < b.name; });
  if (flags.empty()) {
    return absl::InternalError(
        absl::StrCat("\"", command, "\" prints no flags"));
  }
  return flags;
}

// Returns whether registryd, gatewayd and runnerd all have the flag.
bool IsShared(const FlagHelp& flag) {
  return absl::StartsWith(flag.file, "common/");
}

std::string FlagTable(const std::vector<FlagHelp>& flags, bool shared) {
  std::vector<std::vector<std::string>> rows;
  for (const FlagHelp& flag : flags) {
    if (IsShared(flag) != shared) continue;
    rows.push_back({Code(absl::StrCat("--", flag.name)), StandardText(flag),
                    Prose(flag.help)});
  }
  return MarkdownTable({"flag", "default", "meaning"}, rows);
}

absl::StatusOr<std::string> Template(const std::string& name) {
  return fs::ReadFile(absl::StrCat("tools/reference/", name, ".in"),
                      kMaxTemplateBytes);
}

}  // namespace

absl::StatusOr<Pages> MakePages() {
  Pages pages;
  ASSIGN_OR_RETURN(pages.configuration, Template("configuration.md"));
  for (const char* daemon : {"faasd", "registryd", "gatewayd", "runnerd"}) {
    ASSIGN_OR_RETURN(const std::vector<FlagHelp> flags, FlagsOf(daemon));
    pages.configuration =
        Filled(pages.configuration, absl::StrCat("flags of ", daemon),
               FlagTable(flags, false));
  }
  ASSIGN_OR_RETURN(const std::vector<FlagHelp> runnerd, FlagsOf("runnerd"));
  pages.configuration = Filled(pages.configuration, "flags of all daemons",
                               FlagTable(runnerd, true));
  ASSIGN_OR_RETURN(pages.cli, Template("cli.md"));
  pages.cli = Filled(pages.cli, "global options", GlobalOptionTable());
  pages.cli = Filled(pages.cli, "commands", CommandSections());
  pages.cli =
      Filled(pages.cli, "options of a function", FunctionOptionTables(runnerd));
  return pages;
}

}  // namespace faas::reference
