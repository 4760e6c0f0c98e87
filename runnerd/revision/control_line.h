#ifndef FAAS_RUNNERD_REVISION_CONTROL_LINE_H_
#define FAAS_RUNNERD_REVISION_CONTROL_LINE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace faas::runnerd {

// What a handler gets with its connection: one line of JSON about it, with what
// is the same for every connection of a revision made ahead. Pure.
// docs/handler_contract.md.
class ControlLine {
 public:
  // At most so much of a line goes to a container.
  static constexpr size_t kMaxBytes = 1024;

  ControlLine(absl::string_view function, uint64_t revision);

  // `peer` is the client's address and port.
  std::string For(uint64_t connection_id, absl::string_view peer,
                  absl::Time deadline) const;

 private:
  std::string function_, revision_;  // as they stand in the line
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_REVISION_CONTROL_LINE_H_
