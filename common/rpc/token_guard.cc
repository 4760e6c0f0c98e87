#include "common/rpc/token_guard.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "common/base/printable.h"
#include "common/rpc/api_token.h"

namespace faas::rpc {
namespace {

constexpr char kAuthorization[] = "authorization";
constexpr absl::string_view kScheme = "bearer ";
constexpr size_t kShownBytes = 100;

// Returns "" unless there is exactly one, because with two it would not be
// clear which one counts.
absl::string_view OnlyValue(
    const grpc::AuthMetadataProcessor::InputMetadata& metadata,
    const char* key) {
  const auto [first, end] = metadata.equal_range(key);
  if (first == end || std::next(first) != end) return "";
  return {first->second.data(), first->second.size()};
}

}  // namespace

absl::string_view HostOf(absl::string_view authority) {
  const size_t colon = authority.find_last_of(':');
  if (colon == absl::string_view::npos) return authority;
  const absl::string_view port = authority.substr(colon + 1);
  // The last colon of "[::1]" does not precede a port.
  if (!std::all_of(port.begin(), port.end(), absl::ascii_isdigit)) {
    return authority;
  }
  return authority.substr(0, colon);
}

TokenGuard::TokenGuard(std::string token, std::string token_file,
                       const std::string& address)
    : token_(std::move(token)),
      token_file_(std::move(token_file)),
      hosts_({"localhost", "127.0.0.1", "[::1]"}) {
  const absl::string_view host = HostOf(address);
  if (!host.empty()) hosts_.insert(absl::AsciiStrToLower(host));
}

grpc::Status TokenGuard::Process(const InputMetadata& metadata,
                                 grpc::AuthContext*, OutputMetadata* consumed,
                                 OutputMetadata*) {
  // Any port is accepted, because a tunnel may have another one. A stranger is
  // known by the name.
  const absl::string_view authority = OnlyValue(metadata, ":authority");
  if (hosts_.count(absl::AsciiStrToLower(HostOf(authority))) == 0) {
    return grpc::Status(
        grpc::StatusCode::PERMISSION_DENIED,
        absl::StrCat("this call is for the host \"",
                     base::Printable(base::Truncated(authority, kShownBytes)),
                     "\"; the control API answers calls for ",
                     absl::StrJoin(hosts_, ", ")));
  }
  const absl::string_view given = OnlyValue(metadata, kAuthorization);
  if (!absl::StartsWithIgnoreCase(given, kScheme) ||
      !EqualInConstantTime(token_, given.substr(kScheme.size()))) {
    return grpc::Status(
        grpc::StatusCode::UNAUTHENTICATED,
        absl::StrCat(
            "the control API wants the header \"authorization: Bearer "
            "TOKEN\", ",
            given.empty() ? "and there is none" : "and the token is another",
            ": it is in ", token_file_,
            ", which root can read; give it to faas with --token_file or "
            "FAAS_TOKEN"));
  }
  consumed->insert({kAuthorization, std::string(given)});
  return grpc::Status::OK;
}

}  // namespace faas::rpc
