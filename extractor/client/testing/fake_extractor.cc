// An extractor that an attacker has taken over. It does what the archive, a
// word, tells it to do, and it is in no sandbox.

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/unique_fd.h"
#include "extractor/protocol/extractor_program.h"
#include "faas/internal/v1/extraction.pb.h"

namespace faas::extractor {
namespace {

void Write(const std::string& bytes) {
  // The other end may have gone.
  [[maybe_unused]] const ssize_t n =
      send(ExtractorProgram::kSocket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

void Say(const internal::v1::FromExtractor& message) {
  const std::string bytes = message.SerializeAsString();
  const auto length = static_cast<uint32_t>(bytes.size());
  Write(std::string(reinterpret_cast<const char*>(&length), sizeof(length)) +
        bytes);
}

std::string ReadWord() {
  std::string word(1000, '\0');
  const ssize_t n = read(ExtractorProgram::kArchive, word.data(), word.size());
  word.resize(n > 0 ? n : 0);
  return word;
}

std::string DigestOf(char digit) {
  return absl::StrCat("sha256:", std::string(64, digit));
}

internal::v1::FromExtractor Result() {
  internal::v1::FromExtractor message;
  internal::v1::ExtractionResult& result = *message.mutable_extracted();
  result.mutable_image()->set_digest(DigestOf('f'));
  auto& layer = *result.add_layers();
  layer.set_directory(0);
  layer.set_diff_id(DigestOf('a'));
  layer.set_content_id(DigestOf('a'));
  layer.set_blob_digest(DigestOf('b'));
  layer.set_standalone(true);
  return message;
}

void Act(const std::string& word) {
  internal::v1::FromExtractor message;
  if (word == "honest") Say(Result());
  if (word == "garbage")
    Write(std::string("\x05\0\0\0\xff\xff\xff\xff\xff", 9));
  if (word == "huge") Write("\xff\xff\xff\xff");
  if (word == "half") Write(std::string("\x10\0\0\0", 4));
  if (word == "empty") Write(std::string("\0\0\0\0", 4));
  if (word == "silent") pause();
  if (word == "abort") raise(SIGABRT);
  if (word == "code") _exit(7);
  if (word == "stolen") {
    message = Result();
    message.mutable_extracted()->mutable_layers(0)->set_stored(3);
    Say(message);
  }
  if (word == "other-content") {
    message = Result();
    message.mutable_extracted()->mutable_layers(0)->set_content_id(
        DigestOf('e'));
    Say(message);
  }
  if (word == "escape") {
    message.mutable_failure()->set_code(3);
    message.mutable_failure()->set_message("\x1b[2Jall is well");
    Say(message);
  }
  message.mutable_progress()->set_archive_bytes(1);
  while (word == "progress") Say(message);
  message.mutable_admit()->set_bytes(1);
  while (word == "impatient") Say(message);
  message.mutable_admit()->set_bytes(~uint64_t{0});
  if (word == "greedy") Say(message);
}

}  // namespace
}  // namespace faas::extractor

int main() {
  faas::extractor::Act(faas::extractor::ReadWord());
  return 0;
}
