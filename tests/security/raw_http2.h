#ifndef FAAS_TESTS_SECURITY_RAW_HTTP2_H_
#define FAAS_TESTS_SECURITY_RAW_HTTP2_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace faas::testing {

// HTTP/2 byte by byte, for what no client library does.

// Returns what a client says first: the preface, and SETTINGS with nothing in
// it.
std::string Http2Hello();

// Returns a HEADERS frame that begins a call of `method` on stream `stream` and
// leaves it open. `authorization` may be empty.
std::string Http2Call(uint32_t stream, absl::string_view method,
                      absl::string_view authorization);

// Returns a DATA frame with an empty message that ends the client's side.
std::string Http2EmptyRequest(uint32_t stream);

// Returns an RST_STREAM frame that cancels the call.
std::string Http2Reset(uint32_t stream);

}  // namespace faas::testing

#endif  // FAAS_TESTS_SECURITY_RAW_HTTP2_H_
