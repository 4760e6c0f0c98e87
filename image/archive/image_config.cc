#include "image/archive/image_config.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "image/archive/json.h"
#include "image/error.h"

namespace faas::image {
namespace {

using nlohmann::json;

constexpr absl::string_view kName = "the image configuration";
constexpr ErrorCategory kConfigCategory = ErrorCategory::kConfig;

absl::Status ReadLists(const json& object, v1::ImageConfig& config) {
  using Strings = std::vector<std::string>;
  ASSIGN_OR_RETURN(
      const Strings entrypoint,
      StringListMember(object, "Entrypoint", kName, kConfigCategory));
  ASSIGN_OR_RETURN(const Strings cmd,
                   StringListMember(object, "Cmd", kName, kConfigCategory));
  ASSIGN_OR_RETURN(const Strings env,
                   StringListMember(object, "Env", kName, kConfigCategory));
  config.mutable_entrypoint()->Add(entrypoint.begin(), entrypoint.end());
  config.mutable_cmd()->Add(cmd.begin(), cmd.end());
  config.mutable_env()->Add(env.begin(), env.end());
  if (entrypoint.empty() && cmd.empty()) {
    return ImageError(kConfigCategory,
                      "no command: set ENTRYPOINT or CMD in the Dockerfile");
  }
  return absl::OkStatus();
}

absl::Status ReadTexts(const json& object, v1::ImageConfig& config) {
  ASSIGN_OR_RETURN(*config.mutable_working_dir(),
                   StringMember(object, "WorkingDir", kName, kConfigCategory));
  ASSIGN_OR_RETURN(*config.mutable_user(),
                   StringMember(object, "User", kName, kConfigCategory));
  ASSIGN_OR_RETURN(*config.mutable_stop_signal(),
                   StringMember(object, "StopSignal", kName, kConfigCategory));
  const json& labels = Member(object, "Labels");
  for (const auto& [key, value] : labels.items()) {
    const auto* text = value.get_ptr<const std::string*>();
    if (!labels.is_object() || text == nullptr) {
      return ImageError(kConfigCategory,
                        absl::StrCat(kName, ": a label is not text"));
    }
    (*config.mutable_labels())[key] = *text;
  }
  return absl::OkStatus();
}

absl::Status ReadPlatform(const json& document, v1::ImageConfig& config) {
  ASSIGN_OR_RETURN(
      *config.mutable_architecture(),
      StringMember(document, "architecture", kName, kConfigCategory));
  ASSIGN_OR_RETURN(*config.mutable_os(),
                   StringMember(document, "os", kName, kConfigCategory));
  if (config.os().empty()) config.set_os("linux");
  if (config.os() == "linux") return absl::OkStatus();
  return ImageError(ErrorCategory::kUnsupported,
                    absl::StrCat("it is for \"", base::Printable(config.os()),
                                 "\"; only linux is supported"));
}

}  // namespace

absl::StatusOr<ImageConfigDocument> ParseImageConfig(absl::string_view text,
                                                     const Limits& limits) {
  ASSIGN_OR_RETURN(const json document,
                   ParseJson(text, kName, kConfigCategory, limits));
  if (!document.is_object()) {
    return ImageError(kConfigCategory,
                      absl::StrCat(kName, " is not a JSON object"));
  }
  ImageConfigDocument result;
  ASSIGN_OR_RETURN(result.diff_ids,
                   StringListMember(Member(document, "rootfs"), "diff_ids",
                                    kName, kConfigCategory));
  RETURN_IF_ERROR(ReadPlatform(document, result.config));
  const json& config = Member(document, "config");
  RETURN_IF_ERROR(ReadTexts(config, result.config));
  RETURN_IF_ERROR(ReadLists(config, result.config));
  return result;
}

}  // namespace faas::image
