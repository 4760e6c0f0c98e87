#include "faas_cli/render.h"

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/time_util.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "common/base/printable.h"
#include "faas_cli/quantity.h"
#include "faas_cli/upload_progress.h"

namespace faas::cli {
namespace {

using base::Printable;
using google::protobuf::util::TimeUtil;

// Python quotes with ' unless the string has that and no ".
std::string Quoted(const std::string& text) {
  const bool single = text.find('\'') != std::string::npos;
  const char quote = single && text.find('"') == std::string::npos ? '"' : '\'';
  std::string result(1, quote);
  for (const char c : text) {
    if (c == quote || c == '\\') result += '\\';
    if (c == '\n') {
      result += "\\n";
    } else {
      result += c;
    }
  }
  result += quote;
  return Printable(result);
}

template <typename Strings>
std::string List(const Strings& strings) {
  return absl::StrCat(
      "[",
      absl::StrJoin(strings, ", ",
                    [](std::string* out, const std::string& text) {
                      absl::StrAppend(out, Quoted(text));
                    }),
      "]");
}

// "name:" and the value; the values stand below each other.
void AppendField(std::string* out, absl::string_view name,
                 absl::string_view value) {
  if (!value.empty()) {
    absl::StrAppendFormat(out, "%-14s%s\n", absl::StrCat(name, ":"), value);
  }
}

void AppendConfig(std::string* out, const v1::ImageConfig& config) {
  AppendField(out, "User", Printable(config.user()));
  AppendField(out, "Directory", Printable(config.working_dir()));
  AppendField(out, "Stop signal", Printable(config.stop_signal()));
  for (const std::string& entry : config.env()) {
    AppendField(out, "Environment", Printable(entry));
  }
  for (const auto& [name, value] : config.labels()) {
    AppendField(out, "Label", Printable(absl::StrCat(name, "=", value)));
  }
}

std::string Time(const google::protobuf::Duration& duration) {
  return absl::FormatDuration(absl::Seconds(duration.seconds()) +
                              absl::Nanoseconds(duration.nanos()));
}

std::string Warm(const v1::WarmPolicy& warm) {
  return warm.automatic() ? "auto" : absl::StrCat(warm.spares());
}

// Names and values, for people.
using Settings = std::vector<std::pair<std::string, std::string>>;

void AddContainerOptions(const v1::ContainerOptions& options, Settings& set) {
  const auto add = [&set](bool has, const char* name, std::string value) {
    if (has) set.emplace_back(name, Printable(value));
  };
  add(options.memory_bytes() > 0, "Memory", SizeText(options.memory_bytes()));
  add(options.cpu_millis() > 0, "Processors",
      absl::StrCat(options.cpu_millis() / 1000.0));
  add(options.pids() > 0, "Processes",
      absl::StrCat("at most ", options.pids()));
  add(options.tmpfs_bytes() > 0, "Size of /tmp",
      SizeText(options.tmpfs_bytes()));
  add(options.writable_bytes() > 0, "Writable",
      SizeText(options.writable_bytes()));
  add(!options.user().empty(), "Runs as", options.user());
  add(options.network() == v1::ContainerOptions::NETWORK_HOST, "Network",
      "the host's");
  add(!options.capabilities().empty(), "Capabilities",
      absl::StrJoin(options.capabilities(), ", "));
  add(!options.secrets().empty(), "Secrets",
      absl::StrJoin(options.secrets(), ", "));
  for (const std::string& entry : options.env()) add(true, "Sets", entry);
}

// Those that are set: name and value.
Settings SetOptions(const v1::FunctionOptions& options) {
  Settings set;
  const auto add = [&set](bool has, const char* name, std::string value) {
    if (has) set.emplace_back(name, std::move(value));
  };
  const auto nonzero = [](const google::protobuf::Duration& duration) {
    return duration.seconds() != 0 || duration.nanos() != 0;
  };
  const v1::WarmPolicy& warm = options.warm();
  add(options.protocol() == v1::FunctionOptions::PROTOCOL_TCP, "Protocol",
      "tcp");
  add(warm.automatic() || warm.spares() > 0, "Warm", Warm(warm));
  add(nonzero(warm.idle_after()), "Idle after", Time(warm.idle_after()));
  add(nonzero(warm.max_age()), "Spare age", Time(warm.max_age()));
  add(options.max_concurrency() > 0, "Concurrency",
      absl::StrCat("at most ", options.max_concurrency()));
  add(options.max_queued() > 0, "Queue",
      absl::StrCat("at most ", options.max_queued()));
  add(nonzero(options.queue_timeout()), "Queue time",
      Time(options.queue_timeout()));
  add(nonzero(options.start_timeout()), "Start time",
      Time(options.start_timeout()));
  add(nonzero(options.timeout()), "Timeout", Time(options.timeout()));
  AddContainerOptions(options.container(), set);
  return set;
}

void AppendLayers(std::string* out, const v1::Image& image) {
  AppendField(out, "Layers", absl::StrCat(image.layers_size()));
  for (const v1::Layer& layer : image.layers()) {
    absl::StrAppend(out, "  ", layer.diff_id(), "  ", layer.tar_bytes(),
                    " bytes\n");
  }
  absl::StrAppend(out, IgnoredAttributes(image));
}

google::protobuf::util::JsonPrintOptions JsonOptions() {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  return options;
}

}  // namespace

std::string CommandList(const v1::Function& function) {
  return List(function.command());
}

std::string CommandList(const v1::Image& image) {
  std::vector<std::string> command(image.config().entrypoint().begin(),
                                   image.config().entrypoint().end());
  command.insert(command.end(), image.config().cmd().begin(),
                 image.config().cmd().end());
  return List(command);
}

std::string Table(const std::vector<v1::Function>& functions) {
  std::string out =
      absl::StrFormat("%-20s %-15s %s\n", "Name", "IP", "Command");
  absl::StrAppend(&out, std::string(60, '-'), "\n");
  for (const v1::Function& function : functions) {
    absl::StrAppendFormat(&out, "%-20s %-15s %s\n", function.name(),
                          function.address(),
                          Printable(absl::StrJoin(function.command(), " ")));
  }
  return out;
}

std::string OptionLines(const v1::FunctionOptions& options) {
  std::string out;
  for (const auto& [option, value] : SetOptions(options)) {
    absl::StrAppend(&out, "  ", option, ": ", value, "\n");
  }
  return out;
}

std::string Description(const v1::Function& function) {
  std::string out;
  AppendField(&out, "Name", function.name());
  AppendField(&out, "Address",
              absl::StrCat(function.address(), ":", function.port()));
  AppendField(&out, "Command", CommandList(function));
  AppendField(&out, "Revision", absl::StrCat(function.revision()));
  AppendField(&out, "Created", TimeUtil::ToString(function.create_time()));
  AppendField(&out, "Updated", TimeUtil::ToString(function.update_time()));
  for (const auto& [option, value] : SetOptions(function.options())) {
    AppendField(&out, option, value);
  }
  const v1::Image& image = function.image();
  AppendField(&out, "Image", image.digest());
  AppendField(&out, "Tags", Printable(absl::StrJoin(image.tags(), ", ")));
  AppendField(&out, "Archive", absl::StrCat(image.archive_bytes(), " bytes"));
  AppendConfig(&out, image.config());
  AppendLayers(&out, image);
  return out;
}

std::string Description(const v1::Image& image) {
  std::string out;
  AppendField(&out, "Image", image.digest());
  AppendField(&out, "Tags", Printable(absl::StrJoin(image.tags(), ", ")));
  AppendField(&out, "Image size",
              absl::StrCat(image.archive_bytes(), " bytes"));
  AppendField(&out, "Command", CommandList(image));
  AppendConfig(&out, image.config());
  AppendLayers(&out, image);
  return out;
}

std::string UsageTable(const v1::GetUsageResponse& usage) {
  std::string out =
      absl::StrFormat("%-20s %12s %12s\n", "Name", "Alone", "Shared");
  absl::StrAppend(&out, std::string(46, '-'), "\n");
  for (const v1::FunctionUsage& function : usage.functions()) {
    absl::StrAppendFormat(&out, "%-20s %12s %12s\n", function.function(),
                          HumanBytes(function.alone_bytes()),
                          HumanBytes(function.shared_bytes()));
  }
  absl::StrAppend(&out, "\n");
  AppendField(
      &out, "Layers",
      absl::StrCat(usage.layers(), ", ", HumanBytes(usage.layer_bytes())));
  AppendField(
      &out, "Unused",
      absl::StrCat(
          usage.unused_layers(), ", ", HumanBytes(usage.unused_bytes()),
          usage.unused_layers() > 0 ? " (\"faas gc\" frees them)" : ""));
  AppendField(
      &out, "Quota",
      usage.quota_bytes() > 0 ? HumanBytes(usage.quota_bytes()) : "none");
  AppendField(
      &out, "Disk",
      absl::StrCat(HumanBytes(usage.free_bytes()), " free, ",
                   HumanBytes(usage.reserve_bytes()), " of them in reserve"));
  return out;
}

std::string IgnoredAttributes(const v1::Image& image) {
  std::string out;
  for (const v1::Layer& layer : image.layers()) {
    for (const v1::IgnoredAttribute& attribute : layer.ignored_attributes()) {
      absl::StrAppend(&out, "  Not kept: attribute ",
                      Printable(attribute.name()), " of ", attribute.entries(),
                      attribute.entries() == 1 ? " file" : " files", " (\"",
                      Printable(attribute.example()), "\"",
                      attribute.entries() == 1 ? "" : ", ...", ")\n");
    }
  }
  return out;
}

std::string VersionPage(const std::string& client,
                        const v1::GetVersionResponse* server) {
  std::string page;
  AppendField(&page, "Client", client);
  if (server == nullptr) return page;
  AppendField(&page, "Server", Printable(server->version()));
  if (!server->has_runtime()) {
    AppendField(&page, "Runtime", "unknown, runnerd does not answer");
    return page;
  }
  const v1::Runtime& runtime = server->runtime();
  AppendField(&page, "Runtime",
              absl::StrCat(Printable(runtime.version()), " (",
                           Printable(runtime.command()), ")"));
  AppendField(&page, "Warning", Printable(runtime.warning()));
  return page;
}

std::string VersionJson(const std::string& client,
                        const v1::GetVersionResponse* server) {
  nlohmann::ordered_json json;
  json["client"]["version"] = client;
  if (server != nullptr) {
    json["server"] = nlohmann::ordered_json::parse(Json(*server));
  }
  return json.dump(1) + "\n";
}

std::string Json(const google::protobuf::Message& message) {
  std::string json;
  // Cannot fail: the message holds no Any and no invalid time.
  static_cast<void>(google::protobuf::util::MessageToJsonString(message, &json,
                                                                JsonOptions()));
  return json.empty() || json.back() != '\n' ? json + "\n" : json;
}

std::string Json(const std::vector<v1::Function>& functions) {
  return absl::StrCat(
      "[",
      absl::StrJoin(functions, ",",
                    [](std::string* out, const v1::Function& function) {
                      absl::StrAppend(out, "\n", Json(function));
                    }),
      "]\n");
}

}  // namespace faas::cli
