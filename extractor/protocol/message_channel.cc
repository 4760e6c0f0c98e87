#include "extractor/protocol/message_channel.h"

#include <endian.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"

namespace faas::extractor {
namespace {

constexpr size_t kLengthBytes = sizeof(uint32_t);
constexpr size_t kReadBytes = 64 << 10;

// The size of a control message with the most descriptors.
constexpr size_t kControlBytes =
    CMSG_SPACE(MessageChannel::kMaxDescriptors * sizeof(int));

void AddDescriptors(const MessageChannel::Descriptors& descriptors,
                    char* control, msghdr& header) {
  if (descriptors.empty()) return;
  header.msg_control = control;
  header.msg_controllen = CMSG_SPACE(descriptors.size() * sizeof(int));
  cmsghdr* const rights = CMSG_FIRSTHDR(&header);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(descriptors.size() * sizeof(int));
  for (size_t i = 0; i < descriptors.size(); ++i) {
    const int fd = descriptors[i]->get();
    std::memcpy(CMSG_DATA(rights) + i * sizeof(int), &fd, sizeof(int));
  }
}

void TakeDescriptors(msghdr& header, std::deque<base::UniqueFd>& descriptors) {
  for (cmsghdr* c = CMSG_FIRSTHDR(&header); c; c = CMSG_NXTHDR(&header, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
    const size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; ++i) {
      int fd;
      std::memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
      descriptors.emplace_back(fd);
    }
  }
}

}  // namespace

absl::Status MessageChannel::Put(const google::protobuf::MessageLite& message,
                                 Descriptors descriptors) {
  const size_t size = message.ByteSizeLong();
  if (size > INT32_MAX || descriptors.size() > kMaxDescriptors) {
    return absl::InvalidArgumentError(
        absl::StrCat("a message of ", size, " bytes and ", descriptors.size(),
                     " descriptors is too large"));
  }
  Output output;
  const uint32_t length = htole32(static_cast<uint32_t>(size));
  output.bytes.append(reinterpret_cast<const char*>(&length), kLengthBytes);
  message.AppendToString(&output.bytes);
  output.descriptors = std::move(descriptors);
  output_.push_back(std::move(output));
  return absl::OkStatus();
}

absl::Status MessageChannel::Flush() {
  while (!output_.empty()) {
    Output& output = output_.front();
    iovec data = {.iov_base = output.bytes.data() + output.sent,
                  .iov_len = output.bytes.size() - output.sent};
    msghdr header = {.msg_iov = &data, .msg_iovlen = 1};
    alignas(cmsghdr) char control[kControlBytes] = {};
    AddDescriptors(output.descriptors, control, header);
    const ssize_t n =
        sendmsg(socket_.get(), &header, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return absl::OkStatus();
    if (n < 0)
      return absl::UnavailableError(base::ErrnoStatus("send").message());
    output.descriptors.clear();
    output.sent += n;
    if (output.sent == output.bytes.size()) output_.pop_front();
  }
  return absl::OkStatus();
}

absl::Status MessageChannel::Fill() {
  while (!ended_) {
    // This comes first, so that a message that is too long is not kept in
    // memory.
    ASSIGN_OR_RETURN(const size_t message_bytes, MessageBytes());
    if (message_bytes > 0 && input_.size() >= message_bytes) break;
    const size_t had = input_.size();
    input_.resize(had + kReadBytes);
    iovec data = {.iov_base = input_.data() + had, .iov_len = kReadBytes};
    alignas(cmsghdr) char control[kControlBytes];
    msghdr header = {.msg_iov = &data, .msg_iovlen = 1};
    if (options_.take_descriptors) {
      header.msg_control = control;
      header.msg_controllen = sizeof(control);
    }
    const ssize_t n =
        recvmsg(socket_.get(), &header, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    const int error = errno;
    input_.resize(had + (n > 0 ? n : 0));
    if (n < 0 && error == EINTR) continue;
    if (n < 0 && error == EAGAIN) break;
    // ECONNRESET means that the peer went without reading all that it was sent.
    if (n <= 0) ended_ = true;
    if (n > 0) TakeDescriptors(header, descriptors_);
  }
  return absl::OkStatus();
}

// Returns the size of the next message, including its length, or 0 if the
// length has not come yet.
absl::StatusOr<size_t> MessageChannel::MessageBytes() const {
  if (input_.size() < kLengthBytes) return 0;
  uint32_t length;
  std::memcpy(&length, input_.data(), kLengthBytes);
  length = le32toh(length);
  if (length > options_.max_message_bytes) {
    return absl::DataLossError(
        absl::StrCat("a message of ", length, " bytes is too long"));
  }
  return kLengthBytes + length;
}

absl::StatusOr<bool> MessageChannel::Take(
    google::protobuf::MessageLite& message) {
  ASSIGN_OR_RETURN(const size_t bytes, MessageBytes());
  if (bytes == 0 || input_.size() < bytes) return false;
  const bool parsed = message.ParseFromArray(
      input_.data() + kLengthBytes, static_cast<int>(bytes - kLengthBytes));
  input_.erase(0, bytes);
  if (!parsed) return absl::DataLossError("a message cannot be parsed");
  return true;
}

base::UniqueFd MessageChannel::TakeDescriptor() {
  if (descriptors_.empty()) return base::UniqueFd();
  base::UniqueFd fd = std::move(descriptors_.front());
  descriptors_.pop_front();
  return fd;
}

}  // namespace faas::extractor
