#include "faas_cli/render.h"

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/time_util.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/substitute.h"
#include "absl/time/time.h"
#include "common/base/printable.h"
#include "faas_cli/quantity.h"
#include "faas_cli/upload_progress.h"
#include "function/option_table.h"
#include "function/option_value.h"

namespace faas::cli {
namespace {

using base::Printable;
using google::protobuf::util::TimeUtil;

// Quotes as Python does: with ', unless the string has that and no ".
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

// Appends "name:" and the value. Values begin in the same column.
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

// Headings and values, for people.
using Settings = std::vector<std::pair<std::string, std::string>>;

std::string ValueText(const function::Option& option,
                      const function::OptionValue& value) {
  switch (option.kind) {
    case function::OptionKind::kChoice:
      return value.choice();
    case function::OptionKind::kWarm:
      return value.automatic() ? "auto" : absl::StrCat(value.number());
    case function::OptionKind::kDuration:
      return absl::FormatDuration(value.duration());
    case function::OptionKind::kCount:
      return absl::StrCat(value.number());
    case function::OptionKind::kBytes:
      return SizeText(value.number());
    case function::OptionKind::kCpus:
      return absl::StrCat(value.number() / 1000.0);
    default:
      return absl::StrJoin(value.texts(), ", ");
  }
}

// Returns the options that are set, in the order of the table.
Settings SetOptions(const v1::FunctionOptions& options) {
  Settings set;
  for (const function::Option& option : function::OptionTable()) {
    const function::OptionValue value(option, options);
    if (!value.is_set()) continue;
    if (option.kind == function::OptionKind::kVariables) {
      for (const std::string& entry : value.texts()) {
        set.emplace_back(option.label, Printable(entry));
      }
    } else {
      set.emplace_back(
          option.label,
          Printable(absl::Substitute(option.shown, ValueText(option, value))));
    }
  }
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
  // This cannot fail: the message holds no Any and no invalid time.
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
