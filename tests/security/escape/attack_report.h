#ifndef FAAS_TESTS_SECURITY_ESCAPE_ATTACK_REPORT_H_
#define FAAS_TESTS_SECURITY_ESCAPE_ATTACK_REPORT_H_

#include <map>
#include <set>
#include <string>

#include "absl/strings/string_view.h"

namespace faas::escape {

// A Report is what an attack has told. attacks/attempt.h has the form.
struct Report {
  std::string attack;
  // Outcomes by what was tried: "OK", or the name of an errno or of a signal.
  std::map<std::string, std::string> steps;
  // Values by what was seen.
  std::map<std::string, std::string> facts;
  // Whether the attack came to its end and no line is missing.
  bool complete = false;
  // The whole text.
  std::string text;

  // Returns the value, or "" if the report does not have it.
  std::string Step(const std::string& what) const;
  std::string Fact(const std::string& what) const;
};

// Parses the lines of `attack` in `text`. Anything may stand before them, as in
// the log.
Report ParseReport(const std::string& attack, absl::string_view text);

// Names of outcomes.
using Outcomes = std::set<std::string>;

// Returns whether `outcome` is a refusal: by a filter, for want of privileges,
// of a read-only or masked file, or one of `more`. An errno about the arguments
// is no refusal, as it tells that the kernel has looked at them.
bool IsRefusal(const std::string& outcome, const Outcomes& more = {});

// Outcomes of files that are not there, or not for everybody.
inline const Outcomes kNotThere = {"ENOENT", "ESRCH", "ENOTDIR"};
// Outcomes of a network with nobody in it.
inline const Outcomes kNoWay = {"ECONNREFUSED", "ENETUNREACH", "EAFNOSUPPORT"};

// Fails the test for each step of an attack in a function that is no refusal,
// and for each that `control`, the same attack without a platform, has and this
// one has not. A control's step that is refused proves nothing and fails the
// test too, unless this kernel does not have what it asks for.
void ExpectRefused(const Report& attack, const Report& control,
                   const Outcomes& more = {});

}  // namespace faas::escape

#endif  // FAAS_TESTS_SECURITY_ESCAPE_ATTACK_REPORT_H_
