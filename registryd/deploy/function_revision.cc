#include "registryd/deploy/function_revision.h"

#include <google/protobuf/util/time_util.h>
#include <sys/random.h>

#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "registryd/deploy/image_failure.h"

namespace faas::registryd {
namespace {

std::string NewRevisionId() {
  uint64_t bits = 0;
  // getrandom cannot fail for so few bytes.
  [[maybe_unused]] const ssize_t n = getrandom(&bits, sizeof(bits), 0);
  return absl::StrFormat("%016x", bits);
}

}  // namespace

void SetImage(v1::Image image, v1::Function& function) {
  const v1::ImageConfig& config = image.config();
  function.clear_command();
  for (const std::string& arg : config.entrypoint()) {
    function.add_command(arg);
  }
  for (const std::string& arg : config.cmd()) function.add_command(arg);
  *function.mutable_image() = std::move(image);
}

void BeginRevision(v1::Function& function) {
  function.set_revision(function.revision() + 1);
  function.set_revision_id(NewRevisionId());
  *function.mutable_update_time() =
      google::protobuf::util::TimeUtil::GetCurrentTime();
  if (!function.has_create_time()) {
    *function.mutable_create_time() = function.update_time();
  }
}

absl::Status CheckFunctionSize(const v1::Function& function) {
  if (function.ByteSizeLong() <= kMaxFunctionBytes) return absl::OkStatus();
  return ImageFailure(extractor::TooLargeImage());
}

}  // namespace faas::registryd
