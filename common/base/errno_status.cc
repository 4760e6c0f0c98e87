#include "common/base/errno_status.h"

#include <string.h>

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"

namespace faas::base {

absl::Status ErrnoStatus(absl::string_view what, int error) {
  const char* name = strerrorname_np(error);
  std::string text = strerrordesc_np(error) ? strerrordesc_np(error) : "?";
  text[0] = absl::ascii_tolower(text[0]);
  return absl::Status(
      absl::ErrnoToStatusCode(error),
      absl::StrCat(what, ": ", name ? name : absl::StrCat("errno ", error),
                   ": ", text));
}

absl::Status WithContext(const absl::Status& status,
                         absl::string_view context) {
  if (status.ok()) return status;
  absl::Status result(status.code(),
                      absl::StrCat(context, ": ", status.message()));
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) {
    result.SetPayload(url, payload);
  });
  return result;
}

}  // namespace faas::base
