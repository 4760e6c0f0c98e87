#include "registryd/deploy/requested_options.h"

#include <google/protobuf/util/field_mask_util.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "common/rpc/status.h"
#include "function/option_checks.h"
#include "function/option_table.h"

namespace faas::registryd {
namespace {

using google::protobuf::util::FieldMaskUtil;

absl::Status Refused(const absl::Status& status) {
  return rpc::WithReason(status, "INVALID_REQUEST");
}

absl::Status InvalidSecret(absl::string_view why) {
  return Refused(function::InvalidOption(function::FindOption("secret"), why));
}

}  // namespace

absl::StatusOr<UpdateMask> ParseUpdateMask(
    const google::protobuf::FieldMask& mask) {
  UpdateMask result;
  result.image = mask.paths().empty();
  for (const std::string& path : mask.paths()) {
    if (path == "image") {
      result.image = true;
    } else if ((path == "options" || absl::StartsWith(path, "options.")) &&
               FieldMaskUtil::IsValidPath<v1::Function>(path)) {
      result.options.add_paths(path);
    } else {
      return Refused(absl::InvalidArgumentError(
          absl::StrCat("update_mask: \"", base::Printable(path),
                       "\" cannot be updated; \"image\" and \"options\" can")));
    }
  }
  return result;
}

void MergeOptions(const v1::Function& source,
                  const google::protobuf::FieldMask& mask,
                  v1::Function& function) {
  FieldMaskUtil::MergeOptions replace;
  replace.set_replace_message_fields(true);
  replace.set_replace_repeated_fields(true);
  FieldMaskUtil::MergeMessageTo(source, mask, replace, &function);
}

absl::Status CheckOptions(const v1::FunctionOptions& options) {
  return Refused(function::CheckOptions(options));
}

bool ReplacesSecrets(const google::protobuf::FieldMask& mask) {
  return FieldMaskUtil::IsPathInFieldMask(function::FindOption("secret").path(),
                                          mask);
}

absl::Status CheckSecrets(
    const v1::ContainerOptions& options,
    const google::protobuf::FieldMask& mask,
    const google::protobuf::Map<std::string, std::string>& secrets) {
  if (!ReplacesSecrets(mask)) {
    if (secrets.empty()) return absl::OkStatus();
    return InvalidSecret(
        "has content, and \"options.container.secrets\" is not in "
        "update_mask");
  }
  size_t bytes = 0;
  for (const std::string& name : options.secrets()) {
    const auto secret = secrets.find(name);
    if (secret == secrets.end()) {
      return InvalidSecret(absl::StrCat("has no content for \"", name, "\""));
    }
    if (secret->second.size() > function::kMaxSecretBytes) {
      return InvalidSecret(
          absl::StrCat("\"", name, "\" has ", secret->second.size(),
                       " bytes; at most ", function::kMaxSecretBytes));
    }
    bytes += secret->second.size();
  }
  if (bytes > function::kMaxSecretsBytes) {
    return InvalidSecret(absl::StrCat("has ", bytes, " bytes in all; at most ",
                                      function::kMaxSecretsBytes));
  }
  if (secrets.size() != static_cast<size_t>(options.secrets_size())) {
    return InvalidSecret("has content for a name that it does not have");
  }
  return absl::OkStatus();
}

}  // namespace faas::registryd
