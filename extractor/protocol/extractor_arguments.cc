#include "extractor/protocol/extractor_arguments.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace faas::extractor {
namespace {

// The memory for windows of this size can still be counted in 64 bits.
constexpr int kLargestWindowLog = 40;

}  // namespace

std::optional<ExtractorArguments> ExtractorArguments::Parse(
    const std::vector<std::string>& command_line) {
  ExtractorArguments arguments;
  if (command_line.size() != 7 ||
      !absl::SimpleAtoi(command_line[2], &arguments.id_base) ||
      !absl::SimpleAtoi(command_line[3], &arguments.layer_bytes) ||
      !absl::SimpleAtoi(command_line[4], &arguments.zstd_window_log) ||
      arguments.zstd_window_log < 0 ||
      arguments.zstd_window_log > kLargestWindowLog ||
      !absl::SimpleAtoi(command_line[5], &arguments.open_files) ||
      !absl::SimpleAtoi(command_line[6], &arguments.parent)) {
    return std::nullopt;
  }
  arguments.root = command_line[1];
  return arguments;
}

std::vector<std::string> ExtractorArguments::ToCommandLine(
    const std::string& program) const {
  return {program,
          root,
          absl::StrCat(id_base),
          absl::StrCat(layer_bytes),
          absl::StrCat(zstd_window_log),
          absl::StrCat(open_files),
          absl::StrCat(parent)};
}

}  // namespace faas::extractor
