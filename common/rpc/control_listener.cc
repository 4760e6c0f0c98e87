#include "common/rpc/control_listener.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "common/rpc/api_token.h"
#include "common/rpc/token_guard.h"

namespace faas::rpc {
namespace {

constexpr size_t kMaxPemBytes = 1 << 20;

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> WithTls(
    const TlsFiles& files) {
  grpc::SslServerCredentialsOptions options(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  ASSIGN_OR_RETURN(options.pem_root_certs,
                   fs::ReadFile(files.ca, kMaxPemBytes));
  grpc::SslServerCredentialsOptions::PemKeyCertPair pair;
  ASSIGN_OR_RETURN(pair.private_key, fs::ReadFile(files.key, kMaxPemBytes));
  ASSIGN_OR_RETURN(pair.cert_chain, fs::ReadFile(files.cert, kMaxPemBytes));
  options.pem_key_cert_pairs.push_back(std::move(pair));
  return grpc::SslServerCredentials(options);
}

}  // namespace

absl::StatusOr<ControlListener> ControlListener::Open(const Options& options) {
  if (options.tls.any() && !options.tls.all()) {
    return absl::FailedPreconditionError(
        "--tls_cert, --tls_key and --tls_client_ca go together; name all three "
        "or none");
  }
  ControlListener control;
  if (options.address == kFromSystemd) {
    ASSIGN_OR_RETURN(Listener passed, Listener::FromSystemd("control"));
    control.listeners.push_back(std::move(passed));
  } else {
    ASSIGN_OR_RETURN(control.listeners, Listener::Tcp(options.address));
  }
  const std::string& address = control.listeners.front().name();
  const bool local =
      std::all_of(control.listeners.begin(), control.listeners.end(),
                  [](const Listener& each) { return each.local(); });
  if (!local && !options.tls.all()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "--control_listen=", address,
        " can be reached from other hosts, and needs certificates on both "
        "sides: name files in PEM with --tls_cert, --tls_key and "
        "--tls_client_ca, or listen on 127.0.0.1 and reach it through ssh "
        "-L"));
  }
  if (options.tls.all()) {
    ASSIGN_OR_RETURN(control.credentials, WithTls(options.tls));
    return control;
  }
  ASSIGN_OR_RETURN(std::string token, ReadOrMakeToken(options.token_file));
  control.guard = std::make_shared<TokenGuard>(std::move(token),
                                               options.token_file, address);
  // Without TLS, and only on loopback: whoever could read the traffic there is
  // root.
  control.credentials = grpc::experimental::LocalServerCredentials(LOCAL_TCP);
  return control;
}

}  // namespace faas::rpc
