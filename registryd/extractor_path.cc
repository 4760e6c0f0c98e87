#include "registryd/extractor_path.h"

#include <filesystem>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace faas::registryd {

absl::StatusOr<std::string> FindExtractor(const std::string& program) {
  std::error_code error;
  if (!program.empty()) {
    if (std::filesystem::is_regular_file(program, error)) return program;
    return absl::NotFoundError(
        absl::StrCat("--extractor=", program, " is not there"));
  }
  const std::string directory =
      std::filesystem::read_symlink("/proc/self/exe", error)
          .parent_path()
          .string();
  for (const char* place :
       {"/extractor", "/../extractor/sandboxee/extractor"}) {
    const std::string path = directory + place;
    if (std::filesystem::is_regular_file(path, error)) return path;
  }
  return absl::NotFoundError(absl::StrCat(
      "cannot find extractor beside registryd (", directory,
      "); build it with \"bazel build //...\", or name it with --extractor"));
}

}  // namespace faas::registryd
