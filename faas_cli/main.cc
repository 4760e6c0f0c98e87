// faas: the command.

#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/base/version.h"
#include "common/rpc/status.h"
#include "faas_cli/endpoint.h"
#include "faas_cli/function_commands.h"
#include "faas_cli/image_commands.h"
#include "faas_cli/store_commands.h"
#include "faas_cli/version_command.h"
#include "image/error.h"

namespace faas::cli {
namespace {

constexpr int kUsageError = 2;

struct Options {
  std::string address, run_dir;
  Credentials credentials;
  Output output = Output::kText;
  std::string name, directory;
  ImageInput image;
  OptionFlags flags;
};

std::string FromEnvironment(const char* name) {
  const char* value = getenv(name);
  return value != nullptr ? value : "";
}

absl::StatusOr<Endpoint> EndpointOf(const Options& options) {
  ASSIGN_OR_RETURN(Endpoint endpoint,
                   ChooseEndpoint(options.address, options.run_dir,
                                  FromEnvironment("FAAS_URL"),
                                  FromEnvironment("FAASD_RUN_DIR")));
  Credentials credentials = options.credentials;
  credentials.token = FromEnvironment("FAAS_TOKEN");
  RETURN_IF_ERROR(AddCredentials(credentials, &endpoint));
  return endpoint;
}

using Action = std::function<absl::Status()>;

// Wraps a command that needs a faasd.
template <typename Command>
Action WithEndpoint(const Options& options, Command command) {
  return [&options, command]() -> absl::Status {
    ASSIGN_OR_RETURN(const Endpoint endpoint, EndpointOf(options));
    return command(endpoint);
  };
}

// A sub-command and what it does.
CLI::App* AddCommand(CLI::App& parent, const std::string& name,
                     const std::string& description, Action action,
                     Action& chosen) {
  CLI::App* command = parent.add_subcommand(name, description);
  command->callback([action, &chosen] { chosen = action; });
  return command;
}

void AddName(CLI::App* command, Options& options) {
  command->add_option("NAME", options.name, "The function")->required();
}

void AddReference(CLI::App* command, Options& options) {
  command->add_option("--ref", options.image.reference,
                      "Which image of an archive of several: NAME:TAG");
}

void AddOptionFlags(CLI::App* command, OptionFlags& flags) {
  const auto add = [command](const char* name, std::string& value,
                             const char* form, const char* description) {
    command->add_option(name, value, description)
        ->option_text(form)
        ->group("How connections are served");
  };
  add("--warm", flags.warm, "N|auto",
      "Containers that are started ahead: so many, or after the demand");
  add("--idle_after", flags.idle_after, "TIME",
      "How long after the last connection auto keeps some");
  add("--warm_max_age", flags.warm_max_age, "TIME",
      "After how long a container that waits is replaced");
  add("--protocol", flags.protocol, "http|tcp",
      "tcp where the function may speak first");
  add("--max_concurrency", flags.max_concurrency, "N", "Containers at once");
  add("--max_queued", flags.max_queued, "N",
      "Connections that may wait for a container; more are answered 503");
  add("--queue_timeout", flags.queue_timeout, "TIME",
      "How long a connection may wait for a container");
  add("--start_timeout", flags.start_timeout, "TIME",
      "How long a handler may take to connect to /control.sock");
  add("--timeout", flags.timeout, "TIME",
      "How long a container may run once it has its connection");
}

void AddContainerFlags(CLI::App* command, ContainerFlags& flags) {
  const auto add = [command](const char* name, auto& value, const char* form,
                             const char* description) {
    return command->add_option(name, value, description)
        ->option_text(form)
        ->group("What its containers get");
  };
  add("--memory", flags.memory, "SIZE",
      "Memory, swap and what they write to /tmp included: 64Mi");
  add("--cpus", flags.cpus, "N", "Processors' time: 0.5");
  add("--pids", flags.pids, "N", "Processes and threads");
  add("--tmpfs-size,--tmpfs_size", flags.tmpfs_size, "SIZE",
      "Size of /tmp, and of /dev/shm");
  add("--writable", flags.writable, "SIZE",
      "Lets them write so much to their root file system, for themselves");
  add("--user", flags.user, "USER[:GROUP]", "In place of the image's user");
  add("--network", flags.network, "none|host",
      "host: the host's network, with all that listens there");
  add("--env", flags.env, "NAME=VALUE",
      "An environment variable; repeat it for more. They replace those before");
  add("--secret", flags.secrets, "NAME=FILE",
      "A file that they find as /run/secrets/NAME; likewise");
  add("--cap-add,--cap_add", flags.capabilities, "CAPABILITY",
      "A capability, such as SETUID; likewise");
  for (const char* list : {"--env", "--secret", "--cap-add"}) {
    // One a time, so that the FILE may follow.
    command->get_option(list)->expected(1)->multi_option_policy(
        CLI::MultiOptionPolicy::TakeAll);
  }
}

// What an update takes away.
void AddRemovalFlags(CLI::App* command, ContainerFlags& flags) {
  const auto add = [command](const char* name, bool& value, const char* list,
                             const char* description) {
    command->add_flag(name, value, description)
        ->excludes(command->get_option(list))
        ->group("What its containers get");
  };
  add("--no-env", flags.no_env, "--env", "Removes what --env has set");
  add("--no-secret", flags.no_secrets, "--secret", "Removes all secrets");
  add("--no-cap-add", flags.no_capabilities, "--cap-add",
      "Removes all capabilities");
}

void AddFunctionCommands(CLI::App& app, Options& o, Action& chosen) {
  CLI::App* create = AddCommand(
      app, "new", "Deploy an image: docker save IMAGE | faas new NAME",
      WithEndpoint(o,
                   [&o](const Endpoint& endpoint) {
                     return Deploy(endpoint, UploadKind::kCreate, o.name,
                                   o.image, o.flags, o.output);
                   }),
      chosen);
  CLI::App* update = AddCommand(
      app, "update",
      "Replace a function's image, its options, or both, without an "
      "interruption",
      WithEndpoint(o,
                   [&o](const Endpoint& endpoint) {
                     return Deploy(endpoint, UploadKind::kUpdate, o.name,
                                   o.image, o.flags, o.output);
                   }),
      chosen);
  for (CLI::App* command : {create, update}) {
    AddName(command, o);
    AddReference(command, o);
    AddOptionFlags(command, o.flags);
    AddContainerFlags(command, o.flags.container);
    CLI::Option* file = command->add_option(
        "FILE", o.image.archive,
        "An archive written by docker save; - or nothing for standard input");
    command
        ->add_option("--oci", o.image.oci_directory,
                     "A directory with an OCI image layout, in its place")
        ->option_text("DIR")
        ->excludes(file);
  }
  AddRemovalFlags(update, o.flags.container);
  AddName(AddCommand(app, "rm", "Remove a function",
                     WithEndpoint(o,
                                  [&o](const Endpoint& endpoint) {
                                    return Remove(endpoint, o.name, o.output);
                                  }),
                     chosen),
          o);
  AddCommand(app, "list", "List the functions",
             WithEndpoint(o,
                          [&o](const Endpoint& endpoint) {
                            return List(endpoint, o.output);
                          }),
             chosen);
  AddName(AddCommand(app, "ip", "Print a function's address",
                     WithEndpoint(o,
                                  [&o](const Endpoint& endpoint) {
                                    return PrintIp(endpoint, o.name, o.output);
                                  }),
                     chosen),
          o);
  AddName(AddCommand(app, "describe", "Show all about a function",
                     WithEndpoint(o,
                                  [&o](const Endpoint& endpoint) {
                                    return Describe(endpoint, o.name, o.output);
                                  }),
                     chosen),
          o);
}

void AddStoreCommands(CLI::App& app, Options& o, Action& chosen) {
  AddCommand(app, "df", "Show what functions and layers take on disk",
             WithEndpoint(o,
                          [&o](const Endpoint& endpoint) {
                            return PrintUsage(endpoint, o.output);
                          }),
             chosen);
  AddCommand(app, "gc", "Remove layers that no function uses",
             WithEndpoint(o,
                          [&o](const Endpoint& endpoint) {
                            return CollectGarbage(endpoint, o.output);
                          }),
             chosen);
}

void AddVersionCommand(CLI::App& app, Options& o, Action& chosen) {
  app.set_version_flag("--version", absl::StrCat("faas ", base::kVersion));
  AddCommand(
      app, "version", "Print the versions of faas, faasd and the runtime",
      [&o] { return PrintVersion(EndpointOf(o), o.output); }, chosen);
}

void AddImageCommands(CLI::App& app, Options& o, Action& chosen) {
  CLI::App* image =
      app.add_subcommand("image", "Look into an image archive, without faasd");
  image->require_subcommand(1);
  CLI::App* inspect = AddCommand(
      *image, "inspect", "Print size, layers and command",
      [&o] { return InspectImageArchive(o.image, o.output); }, chosen);
  CLI::App* extract = AddCommand(
      *image, "extract", "Write the root file system to a directory",
      [&o] { return ExtractImageArchive(o.image, o.directory, o.output); },
      chosen);
  for (CLI::App* command : {inspect, extract}) {
    AddReference(command, o);
    command
        ->add_option("FILE", o.image.archive,
                     "An archive; - for standard input")
        ->required();
  }
  extract->add_option("DIR", o.directory, "A new or empty directory")
      ->required();
}

// Of an error that an image is to blame for: " [TRUNCATED]".
std::string CategorySuffix(const absl::Status& status) {
  std::string category = rpc::MetadataOf(status, "category");
  if (const auto local = image::CategoryOf(status); local.has_value()) {
    category = std::string(image::CategoryName(*local));
  }
  return category.empty() ? "" : absl::StrCat(" [", category, "]");
}

void AddCredentialOptions(CLI::App& app, Credentials& credentials) {
  const auto add = [&app](const char* name, std::string& value,
                          const std::string& description) {
    app.add_option(name, value, description)
        ->option_text("FILE")
        ->group("With --address");
  };
  add("--token_file", credentials.token_file,
      absl::StrCat("The token of a control API on loopback, by default in ",
                   kDefaultTokenFile, " (environment: FAAS_TOKEN)"));
  add("--tls_cert", credentials.tls.cert, "Our certificate, in PEM");
  add("--tls_key", credentials.tls.key, "Its private key, in PEM");
  add("--tls_ca", credentials.tls.ca,
      "Who has signed the server's certificate, in PEM");
}

int Main(int argc, char** argv) {
  // A reader of our output that goes away is an error of writing, as usual.
  signal(SIGPIPE, SIG_DFL);
  Options options;
  Action chosen;
  CLI::App app("Functions from container images.", "faas");
  app.add_option("--address", options.address,
                 "HOST:PORT of a remote faasd (environment: FAAS_URL)");
  app.add_option("--run_dir", options.run_dir,
                 "Directory of a local faasd's sockets, by default /run/faasd "
                 "(environment: FAASD_RUN_DIR)");
  AddCredentialOptions(app, options.credentials);
  app.add_option_function<std::string>(
         "-o,--output",
         [&options](const std::string& form) {
           options.output = form == "json" ? Output::kJson : Output::kText;
         },
         "text for people (default), json for programs")
      ->option_text("text|json")
      ->check(CLI::IsMember({"text", "json"}));
  app.require_subcommand(1);
  app.fallthrough();  // these options may stand behind the sub-command too
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return absl::StrCat(
        "faas: ", absl::StrReplaceAll(error.what(), {{"\n", " "}}),
        "; see \"faas --help\"\n");
  });
  AddFunctionCommands(app, options, chosen);
  AddStoreCommands(app, options, chosen);
  AddImageCommands(app, options, chosen);
  AddVersionCommand(app, options, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {  // how CLI11 reports, --help too
    return app.exit(error) == 0 ? 0 : kUsageError;
  }
  absl::Status status = chosen();
  if (status.ok() && (fflush(stdout) != 0 || ferror(stdout))) {
    status = base::ErrnoStatus("write standard output");
  }
  if (status.ok()) return 0;
  const std::string message(status.message());
  fprintf(stderr, "faas: %s%s\n",
          message.empty() ? absl::StatusCodeToString(status.code()).c_str()
                          : message.c_str(),
          CategorySuffix(status).c_str());
  return 1;
}

}  // namespace
}  // namespace faas::cli

int main(int argc, char** argv) { return faas::cli::Main(argc, argv); }
