#ifndef FAAS_FUNCTION_OPTION_TABLE_H_
#define FAAS_FUNCTION_OPTION_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace faas::function {

// The options of a function stand in one table. The command line of `faas new`
// and `faas update`, the checks of registryd and runnerd, the settings of
// runnerd, the output of `faas describe` and docs/cli.md are all made from it.
// A new option is a field of v1::FunctionOptions, a row of the table, and the
// code that uses the value.

// How people write the value of an option, and how its field stores it.
enum class OptionKind {
  kChoice,        // "tcp"; a value of an enumeration.
  kWarm,          // "4" or "auto"; the fields `spares` and `automatic`.
  kDuration,      // "30s"; a google.protobuf.Duration.
  kCount,         // "16"; an unsigned integer.
  kBytes,         // "64Mi"; an unsigned integer, in bytes.
  kCpus,          // "0.5"; an unsigned integer, in thousandths of a processor.
  kText,          // "app"; a string.
  kVariables,     // "NAME=VALUE"; repeated strings.
  kSecrets,       // "NAME=FILE"; repeated strings, of which each is a NAME.
  kCapabilities,  // "SETUID"; repeated strings such as "CAP_SETUID".
};

// The heading under which help texts list an option.
enum class OptionGroup {
  kConnections,  // How connections are served; may change without a revision.
  kContainer,    // What containers get; a change makes a new revision.
};

// A row of the table. Zero, an empty string and an empty list all mean that the
// owner has not set the option.
struct Option {
  // The name on the command line, without "--": "idle-after".
  const char* name;
  OptionKind kind;
  OptionGroup group;
  // The path of the field below v1::FunctionOptions: "warm.idle_after".
  const char* field;
  // The form of the value in help texts: "TIME".
  const char* form;
  // Limits of a value that is set, in the unit of the field; milliseconds for
  // kDuration. For repeated options, `most` limits the number of values. Not
  // used where both are zero.
  uint64_t least;
  uint64_t most;
  // The heading in the output of `faas describe`, and the text that follows it,
  // in which the value replaces "$0".
  const char* label;
  const char* shown;
  // What applies while the option is not set, for people.
  const char* standard;
  // What the option does: sentences.
  const char* help;

  // The name as it is typed: "--idle-after".
  std::string flag() const;
  // The path of the field in v1::Function: "options.warm.idle_after".
  std::string path() const;
  // Returns whether the option may be given several times.
  bool repeated() const;
};

// Returns all rows, in the order in which outputs show them.
absl::Span<const Option> OptionTable();

// Returns the row of the option `name`, which must exist.
const Option& FindOption(absl::string_view name);

// Returns the heading of a group: "How connections are served".
absl::string_view GroupTitle(OptionGroup group);

// Limits that others use too.
inline constexpr int kMaxSecrets = 32;
inline constexpr size_t kMaxSecretNameBytes = 64;
// The largest content of one secret, and of all secrets of a function.
inline constexpr size_t kMaxSecretBytes = 256 << 10;
inline constexpr size_t kMaxSecretsBytes = 1 << 20;

}  // namespace faas::function

#endif  // FAAS_FUNCTION_OPTION_TABLE_H_
