#include "tests/security/escape/attack_report.h"

#include <gtest/gtest.h>

#include <cstdio>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace faas::escape {
namespace {

// Outcomes of a step that this kernel or this machine does not have. They are
// accepted from the control only, as the attack's own answer says nothing then.
bool IsMissing(const std::string& outcome) {
  static const auto* const missing =
      new Outcomes{"ENOSYS",          "ENOENT",          "EAFNOSUPPORT",
                   "EPROTONOSUPPORT", "EOPNOTSUPP",      "ENODEV",
                   "ENXIO",           "ESOCKTNOSUPPORT", "EMPTY"};
  return missing->count(outcome) > 0;
}

std::string Lookup(const std::map<std::string, std::string>& map,
                   const std::string& what) {
  const auto found = map.find(what);
  return found == map.end() ? "" : found->second;
}

}  // namespace

std::string Report::Step(const std::string& what) const {
  return Lookup(steps, what);
}

std::string Report::Fact(const std::string& what) const {
  return Lookup(facts, what);
}

Report ParseReport(const std::string& attack, absl::string_view text) {
  Report report;
  report.attack = attack;
  report.text = std::string(text);
  const std::string prefix = attack + ": ";
  size_t count = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    const size_t begin = line.find(prefix);
    if (begin == absl::string_view::npos) continue;
    line.remove_prefix(begin + prefix.size());
    const size_t equals = line.find(" = ");
    const size_t colon = line.rfind(": ");
    if (equals != absl::string_view::npos) {
      report.facts[std::string(line.substr(0, equals))] =
          std::string(line.substr(equals + 3));
    } else if (colon != absl::string_view::npos) {
      const std::string what(line.substr(0, colon));
      const std::string outcome(line.substr(colon + 2));
      size_t expected;
      if (what == "end") {
        report.complete =
            absl::SimpleAtoi(outcome, &expected) && expected == count;
        break;
      }
      report.steps[what] = outcome;
    }
    ++count;
  }
  return report;
}

bool IsRefusal(const std::string& outcome, const Outcomes& more) {
  static const auto* const refusals =
      new Outcomes{"EPERM", "EACCES", "ENOSYS", "EROFS", "EMPTY", "SIGSYS"};
  return refusals->count(outcome) > 0 || more.count(outcome) > 0;
}

void ExpectRefused(const Report& attack, const Report& control,
                   const Outcomes& more) {
  EXPECT_TRUE(attack.complete) << attack.attack << ":\n" << attack.text;
  EXPECT_TRUE(control.complete) << control.attack << ":\n" << control.text;
  std::string failures;
  for (const auto& [what, outcome] : attack.steps) {
    if (IsRefusal(outcome, more)) continue;
    absl::StrAppend(&failures, "  in a function: ", what, ": ", outcome, "\n");
  }
  for (const auto& [what, outcome] : control.steps) {
    if (attack.Step(what).empty()) {
      absl::StrAppend(&failures, "  not tried: ", what, "\n");
    }
    if (!IsRefusal(outcome, more)) continue;
    if (IsMissing(outcome)) {
      std::printf("not on this machine: %s: %s: %s\n", control.attack.c_str(),
                  what.c_str(), outcome.c_str());
    } else {
      absl::StrAppend(&failures, "  proves nothing: without a platform: ", what,
                      ": ", outcome, "\n");
    }
  }
  if (!failures.empty()) ADD_FAILURE() << attack.attack << "\n" << failures;
}

}  // namespace faas::escape
