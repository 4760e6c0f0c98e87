#ifndef FAAS_RUNNERD_REVISION_CONTROL_LINE_H_
#define FAAS_RUNNERD_REVISION_CONTROL_LINE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace faas::runnerd {

// A ControlLine makes the line of JSON that a handler gets with its connection
// and that describes the connection. There is one object for each revision: it
// holds the parts of the line that are the same for all of its connections.
// docs/handler_contract.md describes the line. This class does no I/O.
class ControlLine {
 public:
  // The size of the longest line, in bytes. A longer line is cut off here.
  static constexpr size_t kMaxBytes = 1024;

  ControlLine(absl::string_view function, uint64_t revision);

  // Returns the line of one connection, with its newline. `peer` is the
  // client's address and port.
  std::string For(uint64_t connection_id, absl::string_view peer,
                  absl::Time deadline) const;

 private:
  std::string function_, revision_;  // Written as JSON.
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_REVISION_CONTROL_LINE_H_
