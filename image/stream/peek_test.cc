#include "image/stream/peek.h"

#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace faas::image {
namespace {

// A Pieces gives all pieces from one buffer, so that the next call overwrites
// each.
class Pieces : public ByteSource {
 public:
  explicit Pieces(std::vector<std::string> pieces)
      : pieces_(std::move(pieces)) {}
  absl::StatusOr<absl::string_view> Next() override {
    buffer_.assign(buffer_.size(), '?');
    buffer_ = next_ < pieces_.size() ? pieces_[next_++] : "";
    return absl::string_view(buffer_.data(), buffer_.size());
  }

 private:
  const std::vector<std::string> pieces_;
  size_t next_ = 0;
  std::string buffer_ = std::string(64, ' ');
};

std::string All(ByteSource& source) {
  std::string all;
  while (true) {
    const auto bytes = source.Next();
    if (!bytes.ok() || bytes->empty()) return all;
    all.append(bytes->data(), bytes->size());
  }
}

TEST(PeekSourceTest, PiecesAreJoinedAsNeeded) {
  const std::vector<std::vector<std::string>> cases = {
      {}, {"a"}, {"abcdefgh"}, {"ab", "cd", "ef", "gh"}, {"abc", "d"}};
  for (const std::vector<std::string>& pieces : cases) {
    std::string whole;
    for (const std::string& piece : pieces) whole += piece;
    Pieces source(pieces);
    PeekSource peek(source);
    EXPECT_EQ(*peek.Peek(4), whole.substr(0, 4));
    EXPECT_EQ(*peek.Peek(6), whole.substr(0, 6));
    EXPECT_EQ(All(peek), whole);
  }
}

TEST(PeekSourceTest, EncodingsAreTold) {
  EXPECT_EQ(Sniff(""), Encoding::kEmpty);
  EXPECT_EQ(Sniff("\x1f\x8b\x08"), Encoding::kGzip);
  EXPECT_EQ(Sniff("\x28\xb5\x2f\xfd"), Encoding::kZstd);
  EXPECT_EQ(Sniff("{\"a\": 1}"), Encoding::kJson);
  std::string tar = "[name" + std::string(507, '\0');
  EXPECT_EQ(Sniff(tar), Encoding::kJson);
  tar.replace(257, 5, "ustar");
  EXPECT_EQ(Sniff(tar), Encoding::kPlain);
}

}  // namespace
}  // namespace faas::image
