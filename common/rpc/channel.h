#ifndef FAAS_COMMON_RPC_CHANNEL_H_
#define FAAS_COMMON_RPC_CHANNEL_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>

namespace faas::rpc {

// A channel to a daemon's unix socket. Connects when it is first used and
// again, within a quarter of a second, after the daemon was away.
std::shared_ptr<grpc::Channel> UnixChannel(const std::string& socket_path);

// A channel to "host:port", in the clear.
std::shared_ptr<grpc::Channel> TcpChannel(const std::string& address);

}  // namespace faas::rpc

#endif  // FAAS_COMMON_RPC_CHANNEL_H_
