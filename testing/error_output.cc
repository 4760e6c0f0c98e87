#include "testing/error_output.h"

#include <algorithm>
#include <regex>

namespace faas::testing {

std::string WithoutProgress(absl::string_view err) {
  // "[###   ]  15%  12.0 MB of 80.0 MB  4.0 MB/s  layer 1 of 3" and
  // "12.0 MB  extracting layer 1"; see ProgressLine in
  // faas_cli/upload_progress.h.
  static const std::regex kProgress(
      "(\\[#* *\\] [ 0-9]{3}%  )?[0-9.]+ [kMGTP]?B( of [0-9.]+ [kMGTP]?B)?"
      "  ([0-9.]+ [kMGTP]?B/s  |extracting )layer [0-9]+( of [0-9]+)?\n");
  std::string rest;
  while (!err.empty()) {
    const size_t end = std::min(err.find('\n'), err.size() - 1) + 1;
    const std::string line(err.substr(0, end));
    if (!std::regex_match(line, kProgress)) rest += line;
    err.remove_prefix(end);
  }
  return rest;
}

}  // namespace faas::testing
