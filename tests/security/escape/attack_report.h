#ifndef FAAS_TESTS_SECURITY_ESCAPE_ATTACK_REPORT_H_
#define FAAS_TESTS_SECURITY_ESCAPE_ATTACK_REPORT_H_

#include <map>
#include <set>
#include <string>

#include "absl/strings/string_view.h"

namespace faas::escape {

// What an attack has told; attacks/attempt.h has the form.
struct Report {
  std::string attack;
  // By what was tried: "OK", or the name of an errno or of a signal.
  std::map<std::string, std::string> steps;
  // By what was seen.
  std::map<std::string, std::string> facts;
  // Whether it came to its end, with nothing lost on the way.
  bool complete = false;
  // All that came.
  std::string text;

  // "" for what it does not have.
  std::string Step(const std::string& what) const;
  std::string Fact(const std::string& what) const;
};

// Lines of `attack` in `text`, with anything before them: the log has more.
Report ParseReport(const std::string& attack, absl::string_view text);

// Names of outcomes.
using Outcomes = std::set<std::string>;

// Whether `outcome` is a refusal: of a filter, for want of privileges, of a
// read-only or masked file, or one of `more`. All else is not: an errno about
// the arguments tells that the kernel has looked at them.
bool IsRefusal(const std::string& outcome, const Outcomes& more = {});

// What files that are not there, or not for everybody, answer.
inline const Outcomes kNotThere = {"ENOENT", "ESRCH", "ENOTDIR"};
// What a network with nobody in it answers.
inline const Outcomes kNoWay = {"ECONNREFUSED", "ENETUNREACH", "EAFNOSUPPORT"};

// Fails the test for each step of an attack in a function that is no refusal,
// and for each that `control`, the same attack without a platform, has and
// this one has not. A control's step that is refused proves nothing, and fails
// the test too, unless this kernel does not have what it asks for.
void ExpectRefused(const Report& attack, const Report& control,
                   const Outcomes& more = {});

}  // namespace faas::escape

#endif  // FAAS_TESTS_SECURITY_ESCAPE_ATTACK_REPORT_H_
