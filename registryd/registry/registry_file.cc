#include "registryd/registry/registry_file.h"

#include <google/protobuf/util/json_util.h>

#include "absl/strings/str_cat.h"
#include "common/fs/file.h"

namespace faas::registryd {
namespace {

constexpr size_t kMaxRegistryBytes = 256 << 20;

absl::Status Unusable(const std::string& path, absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat(
      "registry \"", path, "\" cannot be used: ", why,
      "; restore it from a backup, or move it away to start empty"));
}

}  // namespace

absl::StatusOr<internal::v1::Registry> LoadRegistry(const std::string& path) {
  internal::v1::Registry registry;
  registry.set_format(kRegistryFormat);
  const absl::StatusOr<std::string> json =
      fs::ReadFile(path, kMaxRegistryBytes);
  if (absl::IsNotFound(json.status())) return registry;
  if (!json.ok()) return json.status();
  registry.Clear();
  const auto status =
      google::protobuf::util::JsonStringToMessage(*json, &registry);
  if (!status.ok()) return Unusable(path, std::string(status.message()));
  if (registry.format() != kRegistryFormat) {
    return Unusable(path,
                    absl::StrCat("its format is ", registry.format(),
                                 ", this version reads ", kRegistryFormat));
  }
  return registry;
}

absl::Status SaveRegistry(const std::string& path,
                          const internal::v1::Registry& registry) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  std::string json;
  const auto status =
      google::protobuf::util::MessageToJsonString(registry, &json, options);
  if (!status.ok()) {
    return absl::InternalError(absl::StrCat("write registry as JSON: ",
                                            std::string(status.message())));
  }
  return fs::WriteFileDurably(path, json, 0600);
}

}  // namespace faas::registryd
