#ifndef FAAS_FUNCTION_OPTION_VALUE_H_
#define FAAS_FUNCTION_OPTION_VALUE_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "faas/v1/function.pb.h"
#include "function/option_table.h"

namespace faas::function {

// An OptionValue is the value that `options` has for one row of the table. It
// refers to both, which must outlive it.
class OptionValue {
 public:
  OptionValue(const Option& option, const v1::FunctionOptions& options);

  // Returns whether the owner has set the option. A choice is set if it is not
  // the standard one.
  bool is_set() const;

  // Returns the number of kWarm, kCount, kBytes, kCpus, or of the value of an
  // enumeration.
  uint64_t number() const;
  // Returns whether --warm is "auto".
  bool automatic() const;
  // Returns the value of a kDuration as it is stored, and as a duration.
  google::protobuf::Duration stored_duration() const;
  absl::Duration duration() const;
  // Returns the values of a repeated option, or the one of kText.
  std::vector<std::string> texts() const;
  // Returns the name of a choice, as it is typed: "tcp". "" if the enumeration
  // has no such value.
  std::string choice() const;

 private:
  const Option& option_;
  const v1::FunctionOptions& options_;
  const google::protobuf::Message& message_;
  const google::protobuf::FieldDescriptor& field_;
};

// Sets an option. The kind of the option must be one that has such a value.
void SetNumber(const Option& option, uint64_t number,
               v1::FunctionOptions& options);
void SetDuration(const Option& option, absl::Duration duration,
                 v1::FunctionOptions& options);
void SetTexts(const Option& option, const std::vector<std::string>& texts,
              v1::FunctionOptions& options);
// Returns false if there is no choice of that name.
bool SetChoice(const Option& option, const std::string& choice,
               v1::FunctionOptions& options);

// Returns the names of the values of a kChoice: "http", "tcp".
std::vector<std::string> ChoicesOf(const Option& option);

}  // namespace faas::function

#endif  // FAAS_FUNCTION_OPTION_VALUE_H_
