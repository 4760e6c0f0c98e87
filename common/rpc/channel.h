#ifndef FAAS_COMMON_RPC_CHANNEL_H_
#define FAAS_COMMON_RPC_CHANNEL_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>

namespace faas::rpc {

// A channel to a daemon's unix socket. Connects when it is first used and
// again, within a quarter of a second, after the daemon was away.
std::shared_ptr<grpc::Channel> UnixChannel(const std::string& socket_path);

// A channel to "host:port", in the clear. Each call has the header
// "authorization: Bearer <token>", unless `token` is empty.
std::shared_ptr<grpc::Channel> TcpChannel(const std::string& address,
                                          const std::string& token);

// A channel to "host:port" with certificates on both sides, in PEM: `roots`
// have signed the server's, which has to have that host's name.
std::shared_ptr<grpc::Channel> TlsChannel(const std::string& address,
                                          const std::string& roots,
                                          const std::string& key,
                                          const std::string& cert);

}  // namespace faas::rpc

#endif  // FAAS_COMMON_RPC_CHANNEL_H_
