#ifndef FAAS_EXTRACTOR_PROTOCOL_MESSAGE_CHANNEL_H_
#define FAAS_EXTRACTOR_PROTOCOL_MESSAGE_CHANNEL_H_

#include <google/protobuf/message_lite.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"

namespace faas::extractor {

// One end of a stream socket between registryd and an extractor: messages, each
// after its length, and descriptors that come with them. Nothing here waits.
// One thread at a time.
class MessageChannel {
 public:
  struct Options {
    // Longer messages are not taken.
    size_t max_message_bytes = 0;
    // Whether descriptors are taken; otherwise the kernel drops them.
    bool take_descriptors = false;
  };
  MessageChannel(base::UniqueFd socket, const Options& options)
      : socket_(std::move(socket)), options_(options) {}

  int fd() const { return socket_.get(); }

  // Appends a message, and descriptors that go with its first byte, at most
  // kMaxDescriptors. INVALID_ARGUMENT if it is longer than a length can say.
  using Descriptors = std::vector<std::shared_ptr<const base::UniqueFd>>;
  absl::Status Put(const google::protobuf::MessageLite& message,
                   Descriptors descriptors = {});
  // Sends what can be sent now. UNAVAILABLE if the peer is gone.
  absl::Status Flush();
  // Whether Flush() has left something.
  bool has_output() const { return !output_.empty(); }

  // Reads what is there. DATA_LOSS for a message that is too long.
  absl::Status Fill();
  // Whether the peer has ended the stream.
  bool ended() const { return ended_; }
  // Parses the next message into `message`; false if it is not there yet, and
  // DATA_LOSS if it is none. Its descriptors have come when it has.
  absl::StatusOr<bool> Take(google::protobuf::MessageLite& message);
  // The oldest descriptor that has come; invalid if there is none.
  base::UniqueFd TakeDescriptor();

  static constexpr size_t kMaxDescriptors = 64;

 private:
  struct Output {
    std::string bytes;
    size_t sent = 0;
    Descriptors descriptors;
  };

  absl::StatusOr<size_t> MessageBytes() const;

  const base::UniqueFd socket_;
  const Options options_;
  std::deque<Output> output_;
  std::string input_;
  std::deque<base::UniqueFd> descriptors_;
  bool ended_ = false;
};

}  // namespace faas::extractor

#endif  // FAAS_EXTRACTOR_PROTOCOL_MESSAGE_CHANNEL_H_
