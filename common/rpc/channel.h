#ifndef FAAS_COMMON_RPC_CHANNEL_H_
#define FAAS_COMMON_RPC_CHANNEL_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>

namespace faas::rpc {

// Returns a channel to a daemon's unix socket. It connects when it is first
// used, and after the daemon was away connects again within a quarter of a
// second.
std::shared_ptr<grpc::Channel> UnixChannel(const std::string& socket_path);

// Returns a channel to "host:port" without TLS. Each call has the header
// "authorization: Bearer <token>", unless `token` is empty.
std::shared_ptr<grpc::Channel> TcpChannel(const std::string& address,
                                          const std::string& token);

// Returns a channel to "host:port" with certificates on both sides, in PEM.
// `roots` have signed the server's certificate, which has to have that host's
// name. `key` and `cert` are the client's.
std::shared_ptr<grpc::Channel> TlsChannel(const std::string& address,
                                          const std::string& roots,
                                          const std::string& key,
                                          const std::string& cert);

}  // namespace faas::rpc

#endif  // FAAS_COMMON_RPC_CHANNEL_H_
