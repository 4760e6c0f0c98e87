#include "faas_cli/error_line.h"

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/rpc/status.h"
#include "image/error.h"

namespace faas::cli {
namespace {

// The server sends the category as metadata; commands that read an image
// themselves have it in the status.
std::string ImageErrorCategory(const absl::Status& status) {
  if (const auto local = image::CategoryOf(status); local.has_value()) {
    return std::string(image::CategoryName(*local));
  }
  return rpc::MetadataOf(status, "category");
}

}  // namespace

std::string ErrorLine(const absl::Status& status) {
  const std::string category = ImageErrorCategory(status);
  return absl::StrCat(
      "faas: ",
      status.message().empty() ? absl::StatusCodeToString(status.code())
                               : std::string(status.message()),
      category.empty() ? "" : absl::StrCat(" [", category, "]"), "\n");
}

int Report(absl::Status status) {
  if (status.ok() && (fflush(stdout) != 0 || ferror(stdout))) {
    status = base::ErrnoStatus("write standard output");
  }
  if (status.ok()) return 0;
  fputs(ErrorLine(status).c_str(), stderr);
  return 1;
}

}  // namespace faas::cli
