#include "function/option_value.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"

namespace faas::function {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// The number of the enumeration's value that applies if none is set; number 0
// means that none is set.
constexpr int kStandardChoice = 1;

// Returns the message below `root` that has the option's field. Protobuf gives
// an empty one for messages that are not set.
const Message& Holder(const Option& option, const Message& root) {
  const Message* message = &root;
  const std::vector<std::string> names = absl::StrSplit(option.field, '.');
  for (size_t i = 0; i + 1 < names.size(); ++i) {
    const FieldDescriptor* field =
        message->GetDescriptor()->FindFieldByName(names[i]);
    message = &message->GetReflection()->GetMessage(*message, field);
  }
  return *message;
}

// Does the same for a message that will change; creates the messages on the
// way.
Message& MutableHolder(const Option& option, Message& root) {
  Message* message = &root;
  const std::vector<std::string> names = absl::StrSplit(option.field, '.');
  for (size_t i = 0; i + 1 < names.size(); ++i) {
    const FieldDescriptor* field =
        message->GetDescriptor()->FindFieldByName(names[i]);
    message = message->GetReflection()->MutableMessage(message, field);
  }
  return *message;
}

const FieldDescriptor& FieldOf(const Option& option, const Message& holder) {
  const std::vector<std::string> names = absl::StrSplit(option.field, '.');
  return *holder.GetDescriptor()->FindFieldByName(names.back());
}

// Returns "tcp" for PROTOCOL_TCP. The prefix of all values is that of
// PROTOCOL_UNSPECIFIED.
std::string ChoiceName(const EnumValueDescriptor& value) {
  const size_t prefix = value.type()->FindValueByNumber(0)->name().size() -
                        absl::string_view("UNSPECIFIED").size();
  return absl::AsciiStrToLower(value.name().substr(prefix));
}

bool IsUnsigned64(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_UINT64;
}

}  // namespace

OptionValue::OptionValue(const Option& option,
                         const v1::FunctionOptions& options)
    : option_(option),
      options_(options),
      message_(Holder(option, options)),
      field_(FieldOf(option, message_)) {}

bool OptionValue::is_set() const {
  switch (option_.kind) {
    case OptionKind::kChoice:
      return number() > kStandardChoice;
    case OptionKind::kWarm:
      return automatic() || number() > 0;
    case OptionKind::kDuration:
      return duration() > absl::ZeroDuration();
    case OptionKind::kCount:
    case OptionKind::kBytes:
    case OptionKind::kCpus:
      return number() > 0;
    case OptionKind::kText:
    case OptionKind::kVariables:
    case OptionKind::kSecrets:
    case OptionKind::kCapabilities:
      return !texts().empty();
  }
  return false;
}

uint64_t OptionValue::number() const {
  const Reflection& reflection = *message_.GetReflection();
  if (option_.kind == OptionKind::kChoice) {
    return reflection.GetEnumValue(message_, &field_);
  }
  return IsUnsigned64(field_) ? reflection.GetUInt64(message_, &field_)
                              : reflection.GetUInt32(message_, &field_);
}

bool OptionValue::automatic() const { return options_.warm().automatic(); }

google::protobuf::Duration OptionValue::stored_duration() const {
  google::protobuf::Duration duration;
  duration.CopyFrom(message_.GetReflection()->GetMessage(message_, &field_));
  return duration;
}

absl::Duration OptionValue::duration() const {
  const google::protobuf::Duration stored = stored_duration();
  return absl::Seconds(stored.seconds()) + absl::Nanoseconds(stored.nanos());
}

std::vector<std::string> OptionValue::texts() const {
  const Reflection& reflection = *message_.GetReflection();
  if (!field_.is_repeated()) {
    const std::string text = reflection.GetString(message_, &field_);
    return text.empty() ? std::vector<std::string>()
                        : std::vector<std::string>{text};
  }
  std::vector<std::string> texts;
  for (int i = 0; i < reflection.FieldSize(message_, &field_); ++i) {
    texts.push_back(reflection.GetRepeatedString(message_, &field_, i));
  }
  return texts;
}

std::string OptionValue::choice() const {
  const EnumValueDescriptor* value = field_.enum_type()->FindValueByNumber(
      message_.GetReflection()->GetEnumValue(message_, &field_));
  return value == nullptr ? "" : ChoiceName(*value);
}

void SetNumber(const Option& option, uint64_t number,
               v1::FunctionOptions& options) {
  Message& message = MutableHolder(option, options);
  const FieldDescriptor& field = FieldOf(option, message);
  if (IsUnsigned64(field)) {
    message.GetReflection()->SetUInt64(&message, &field, number);
  } else {
    message.GetReflection()->SetUInt32(&message, &field, number);
  }
}

void SetDuration(const Option& option, absl::Duration duration,
                 v1::FunctionOptions& options) {
  google::protobuf::Duration stored;
  stored.set_seconds(absl::IDivDuration(duration, absl::Seconds(1), &duration));
  stored.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(duration)));
  Message& message = MutableHolder(option, options);
  message.GetReflection()
      ->MutableMessage(&message, &FieldOf(option, message))
      ->CopyFrom(stored);
}

void SetTexts(const Option& option, const std::vector<std::string>& texts,
              v1::FunctionOptions& options) {
  if (texts.empty()) return;
  Message& message = MutableHolder(option, options);
  const FieldDescriptor& field = FieldOf(option, message);
  for (const std::string& text : texts) {
    if (field.is_repeated()) {
      message.GetReflection()->AddString(&message, &field, text);
    } else {
      message.GetReflection()->SetString(&message, &field, text);
    }
  }
}

bool SetChoice(const Option& option, const std::string& choice,
               v1::FunctionOptions& options) {
  const FieldDescriptor& field = FieldOf(option, Holder(option, options));
  const EnumDescriptor& type = *field.enum_type();
  for (int i = 1; i < type.value_count(); ++i) {
    if (ChoiceName(*type.value(i)) != choice) continue;
    Message& message = MutableHolder(option, options);
    message.GetReflection()->SetEnum(&message, &field, type.value(i));
    return true;
  }
  return false;
}

std::vector<std::string> ChoicesOf(const Option& option) {
  const v1::FunctionOptions options;
  const EnumDescriptor& type =
      *FieldOf(option, Holder(option, options)).enum_type();
  std::vector<std::string> choices;
  for (int i = 1; i < type.value_count(); ++i) {
    choices.push_back(ChoiceName(*type.value(i)));
  }
  return choices;
}

}  // namespace faas::function
