#include "gatewayd/interface_addresses.h"

#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"

namespace faas::gatewayd {
namespace {

constexpr size_t kBufferBytes = 16384;

// What has been collected of the addresses of one interface.
struct Dump {
  unsigned index;
  std::vector<InterfaceAddress> addresses;
};

int CollectAttribute(const nlattr* attribute, void* data) {
  auto* address = static_cast<InterfaceAddress*>(data);
  if (mnl_attr_get_type(attribute) == IFA_LOCAL) {
    address->address.value = ntohl(mnl_attr_get_u32(attribute));
  } else if (mnl_attr_get_type(attribute) == IFA_LABEL) {
    address->label = mnl_attr_get_str(attribute);
  }
  return MNL_CB_OK;
}

int CollectAddress(const nlmsghdr* message, void* data) {
  auto* dump = static_cast<Dump*>(data);
  const auto* header =
      static_cast<const ifaddrmsg*>(mnl_nlmsg_get_payload(message));
  if (header->ifa_index != dump->index || header->ifa_family != AF_INET) {
    return MNL_CB_OK;
  }
  InterfaceAddress address;
  address.prefix_length = header->ifa_prefixlen;
  mnl_attr_parse(message, sizeof(*header), CollectAttribute, &address);
  dump->addresses.push_back(std::move(address));
  return MNL_CB_OK;
}

// A ScopedPromotion sets promote_secondaries of an interface while it lives.
class ScopedPromotion {
 public:
  explicit ScopedPromotion(const std::string& interface)
      : path_(absl::StrCat("/proc/sys/net/ipv4/conf/", interface,
                           "/promote_secondaries")) {
    const absl::StatusOr<std::string> old = fs::ReadFile(path_, 16);
    changed_ = old.ok() && *old == "0\n" && Write("1");
  }
  ~ScopedPromotion() {
    if (changed_) Write("0");
  }
  ScopedPromotion(const ScopedPromotion&) = delete;
  ScopedPromotion& operator=(const ScopedPromotion&) = delete;

 private:
  // Errors are ignored: where /proc/sys is read-only the address is removed all
  // the same, and ListenerTable puts the secondary addresses that go with it
  // back.
  bool Write(const char* value) {
    const auto fd = fs::Open(path_, O_WRONLY);
    return fd.ok() && fs::WriteFd(fd->get(), value).ok();
  }

  const std::string path_;
  bool changed_ = false;
};

}  // namespace

InterfaceAddresses::InterfaceAddresses(std::string interface, unsigned index,
                                       mnl_socket* socket)
    : interface_(std::move(interface)), index_(index), socket_(socket) {}

InterfaceAddresses::~InterfaceAddresses() { mnl_socket_close(socket_); }

absl::StatusOr<std::unique_ptr<InterfaceAddresses>> InterfaceAddresses::Open(
    const std::string& interface) {
  const unsigned index = if_nametoindex(interface.c_str());
  if (index == 0) {
    return absl::NotFoundError(
        absl::StrCat("no network interface \"", interface, "\""));
  }
  mnl_socket* socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
  if (socket == nullptr) return base::ErrnoStatus("netlink socket");
  auto result = std::unique_ptr<InterfaceAddresses>(
      new InterfaceAddresses(interface, index, socket));
  if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) != 0) {
    return base::ErrnoStatus("bind netlink socket");
  }
  return result;
}

absl::StatusOr<std::vector<InterfaceAddress>> InterfaceAddresses::List() {
  char buffer[kBufferBytes];
  nlmsghdr* message = mnl_nlmsg_put_header(buffer);
  message->nlmsg_type = RTM_GETADDR;
  message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  message->nlmsg_seq = ++sequence_;
  auto* header = static_cast<ifaddrmsg*>(
      mnl_nlmsg_put_extra_header(message, sizeof(ifaddrmsg)));
  header->ifa_family = AF_INET;
  const std::string what =
      absl::StrCat("list addresses of \"", interface_, "\"");
  if (mnl_socket_sendto(socket_, message, message->nlmsg_len) < 0) {
    return base::ErrnoStatus(what);
  }
  Dump dump = {index_, {}};
  int result = MNL_CB_OK;
  while (result > MNL_CB_STOP) {
    const ssize_t n = mnl_socket_recvfrom(socket_, buffer, sizeof(buffer));
    if (n < 0) return base::ErrnoStatus(what);
    result = mnl_cb_run(buffer, n, sequence_, mnl_socket_get_portid(socket_),
                        CollectAddress, &dump);
  }
  if (result < 0) return base::ErrnoStatus(what);
  return std::move(dump.addresses);
}

absl::Status InterfaceAddresses::Change(int type, int flags,
                                        const InterfaceAddress& address) {
  char buffer[kBufferBytes];
  nlmsghdr* message = mnl_nlmsg_put_header(buffer);
  message->nlmsg_type = type;
  message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
  message->nlmsg_seq = ++sequence_;
  auto* header = static_cast<ifaddrmsg*>(
      mnl_nlmsg_put_extra_header(message, sizeof(ifaddrmsg)));
  header->ifa_family = AF_INET;
  header->ifa_prefixlen = address.prefix_length;
  header->ifa_scope = RT_SCOPE_UNIVERSE;
  header->ifa_index = index_;
  mnl_attr_put_u32(message, IFA_LOCAL, htonl(address.address.value));
  mnl_attr_put_u32(message, IFA_ADDRESS, htonl(address.address.value));
  mnl_attr_put_strz(message, IFA_LABEL, address.label.c_str());
  const std::string what = absl::StrCat(
      type == RTM_NEWADDR ? "add " : "remove ", net::ToString(address.address),
      "/", address.prefix_length, type == RTM_NEWADDR ? " to \"" : " from \"",
      interface_, "\"");
  if (mnl_socket_sendto(socket_, message, message->nlmsg_len) < 0) {
    return base::ErrnoStatus(what);
  }
  const ssize_t n = mnl_socket_recvfrom(socket_, buffer, sizeof(buffer));
  if (n < 0 || mnl_cb_run(buffer, n, sequence_, mnl_socket_get_portid(socket_),
                          nullptr, nullptr) < 0) {
    return base::ErrnoStatus(
        what, errno == EADDRNOTAVAIL && type == RTM_DELADDR ? ENOENT : errno);
  }
  return absl::OkStatus();
}

absl::Status InterfaceAddresses::Add(const InterfaceAddress& address) {
  return Change(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, address);
}

absl::Status InterfaceAddresses::Remove(const InterfaceAddress& address) {
  const ScopedPromotion promotion(interface_);
  return Change(RTM_DELADDR, 0, address);
}

absl::StatusOr<base::UniqueFd> SubscribeAddressEvents() {
  base::UniqueFd fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
                           NETLINK_ROUTE));
  if (!fd.valid()) return base::ErrnoStatus("netlink socket");
  const sockaddr_nl address = {.nl_family = AF_NETLINK,
                               .nl_groups = RTMGRP_IPV4_IFADDR};
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address),
           sizeof(address)) != 0) {
    return base::ErrnoStatus("bind netlink socket");
  }
  return fd;
}

void DrainAddressEvents(int fd) {
  char buffer[kBufferBytes];
  // ENOBUFS means that events were lost, which is an event too.
  while (recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT) > 0 ||
         errno == ENOBUFS || errno == EINTR) {
  }
}

}  // namespace faas::gatewayd
