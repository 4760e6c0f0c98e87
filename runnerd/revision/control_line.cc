#include "runnerd/revision/control_line.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"

namespace faas::runnerd {
namespace {

std::string Quoted(absl::string_view text) {
  return nlohmann::json(std::string(text)).dump();
}

// Returns `time` as RFC 3339 has it, in UTC and with milliseconds.
std::string Rfc3339(absl::Time time) {
  const auto utc = absl::UTCTimeZone().At(time);
  const absl::CivilSecond& second = utc.cs;
  return absl::StrFormat("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", second.year(),
                         second.month(), second.day(), second.hour(),
                         second.minute(), second.second(),
                         absl::ToInt64Milliseconds(utc.subsecond));
}

}  // namespace

ControlLine::ControlLine(absl::string_view function, uint64_t revision)
    : function_(Quoted(function)), revision_(absl::StrCat(revision)) {}

std::string ControlLine::For(uint64_t connection_id, absl::string_view peer,
                             absl::Time deadline) const {
  const absl::Hex id(connection_id, absl::kZeroPad16);
  std::string line = absl::StrCat(
      R"({"connection_id":")", id, R"(","deadline":")", Rfc3339(deadline),
      R"(","function":)", function_, R"(,"peer":)", Quoted(peer));
  absl::StrAppend(&line, R"(,"revision":)", revision_, "}\n");
  return line.substr(0, kMaxBytes);
}

}  // namespace faas::runnerd
