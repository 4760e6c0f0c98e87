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

// A MessageChannel is one end of the socket between registryd and an extractor.
// It sends and receives messages, each after its length, and descriptors that
// come with them. No function waits. One thread at a time.
class MessageChannel {
 public:
  struct Options {
    // A longer message is an error.
    size_t max_message_bytes = 0;
    // Whether descriptors are received; otherwise the kernel drops them.
    bool take_descriptors = false;
  };
  MessageChannel(base::UniqueFd socket, const Options& options)
      : socket_(std::move(socket)), options_(options) {}

  int fd() const { return socket_.get(); }

  // Appends a message to what is to be sent, with at most kMaxDescriptors
  // descriptors. Returns INVALID_ARGUMENT if there are more, or if the message
  // is too long for its length to be sent.
  using Descriptors = std::vector<std::shared_ptr<const base::UniqueFd>>;
  absl::Status Put(const google::protobuf::MessageLite& message,
                   Descriptors descriptors = {});
  // Sends as much as the socket takes now. Returns UNAVAILABLE if the peer has
  // gone.
  absl::Status Flush();
  // Returns whether Flush() has left something to be sent.
  bool has_output() const { return !output_.empty(); }

  // Receives until the next message is complete or there is nothing to receive.
  // Returns DATA_LOSS for a message that is too long.
  absl::Status Fill();
  // Returns whether the peer has ended the stream.
  bool ended() const { return ended_; }
  // Parses the next message into `message`. Returns false if it has not come
  // yet, and DATA_LOSS if it cannot be parsed. The message's descriptors have
  // come when it has.
  absl::StatusOr<bool> Take(google::protobuf::MessageLite& message);
  // Returns the oldest descriptor that has come, or an invalid one if there is
  // none.
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
