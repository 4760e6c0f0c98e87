#include "tests/security/raw_http2.h"

#include "absl/strings/str_cat.h"

namespace faas::testing {
namespace {

enum FrameType : char { kData = 0, kHeaders = 1, kReset = 3, kSettings = 4 };
constexpr char kEndStream = 1;
constexpr char kEndHeaders = 4;

std::string BigEndian(uint32_t number, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text.push_back(number >> (8 * i));
  return text;
}

std::string Frame(FrameType type, char flags, uint32_t stream,
                  absl::string_view payload) {
  std::string frame = BigEndian(payload.size(), 3);
  frame.push_back(type);
  frame.push_back(flags);
  return absl::StrCat(frame, BigEndian(stream, 4), payload);
}

// Encodes a header in HPACK: literal, not indexed, both strings plain and
// shorter than 127 bytes.
std::string Field(absl::string_view name, absl::string_view value) {
  std::string field(1, '\0');
  field.push_back(name.size());
  absl::StrAppend(&field, name);
  field.push_back(value.size());
  return absl::StrCat(field, value);
}

}  // namespace

std::string Http2Hello() {
  return absl::StrCat("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                      Frame(kSettings, 0, 0, ""));
}

std::string Http2Call(uint32_t stream, absl::string_view method,
                      absl::string_view authorization) {
  std::string fields = "\x83\x86";  // :method POST, :scheme http
  absl::StrAppend(
      &fields, Field(":path", method), Field(":authority", "localhost"),
      Field("content-type", "application/grpc"), Field("te", "trailers"));
  if (!authorization.empty()) {
    absl::StrAppend(&fields, Field("authorization", authorization));
  }
  return Frame(kHeaders, kEndHeaders, stream, fields);
}

std::string Http2EmptyRequest(uint32_t stream) {
  return Frame(kData, kEndStream, stream, std::string(5, '\0'));
}

std::string Http2Reset(uint32_t stream) {
  constexpr uint32_t kCancel = 8;
  return Frame(kReset, 0, stream, BigEndian(kCancel, 4));
}

}  // namespace faas::testing
