// Tests layers of random entries with few different names, so that entries
// meet: files become directories, symlinks are written through, whiteouts come
// before and after what they hide. The seeds are fixed.

#include <sys/mount.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/fs/file.h"
#include "gtest/gtest.h"
#include "image/flatten.h"
#include "image/layer/copy_up.h"
#include "image/testing/layer_test.h"
#include "testing/tar_writer.h"

namespace faas::image {
namespace {

using faas::testing::TarEntry;
using faas::testing::TarWriter;
using testing::ReadTree;

// Ten times as many were run once. Each takes some milliseconds on a disk.
constexpr int kLayers = 400;
constexpr int kStacks = 150;

class LayerRandomTest : public testing::LayerTest {
 protected:
  std::string Pick(const std::vector<std::string>& words) {
    return words[random_() % words.size()];
  }

  // Returns a path of one to three components, some of which are out of `rare`.
  std::string RandomPath(const std::vector<std::string>& rare) {
    std::vector<std::string> components;
    for (int n = 1 + random_() % 3; n > 0; --n) {
      components.push_back(random_() % 6 == 0 ? Pick(rare)
                                              : Pick({"a", "b", "c"}));
    }
    return absl::StrJoin(components, "/");
  }

  TarEntry RandomEntry() {
    TarEntry entry;
    entry.path = RandomPath({".wh.a", ".wh.b", ".wh.c", ".wh..wh..opq"});
    entry.type = "0001255"[random_() % 7];
    entry.data = entry.type == '0' ? "x" : "";
    entry.target = random_() % 4 != 0  ? RandomPath({"..", ".", "a"})
                   : entry.type == '2' ? Pick({"/", "/a", "/b/c", dir_})
                                       : "a";
    entry.mode = entry.type == '5' ? 0755 : 0644;
    return entry;
  }

  TarWriter RandomLayer() {
    TarWriter tar;
    for (int n = 1 + random_() % 12; n > 0; --n) tar.Add(RandomEntry());
    return tar;
  }

  std::mt19937 random_{20240607};
};

TEST_F(LayerRandomTest, EntriesNeverConfuseTheWriter) {
  int written = 0;
  for (int i = 0; i < kLayers; ++i) {
    const auto layer = Write(RandomLayer());
    if (layer.ok()) {
      ++written;
    } else {
      // If a system call failed, the writer would not know any more what is
      // where.
      ASSERT_TRUE(CategoryOf(layer.status()).has_value()) << layer.status();
      ASSERT_NE(*CategoryOf(layer.status()), ErrorCategory::kStorage)
          << layer.status();
    }
    ASSERT_TRUE(fs::RemoveTree(root_).ok());
  }
  EXPECT_GT(written, kLayers / 10);
}

TEST_F(LayerRandomTest, FlattenedLayersAreWhatOverlayfsShows) {
  const std::string merged = dir_ + "/merged";
  const std::string flat = dir_ + "/flat";
  ASSERT_EQ(mkdir(merged.c_str(), 0755), 0);
  int compared = 0;
  for (int i = 0; i < kStacks; ++i) {
    std::vector<std::string> top_down;
    std::vector<LayerDirectory> lower;
    Budget budget{Limits()};
    while (top_down.size() < 3) {
      const auto layer = Write(RandomLayer());
      if (!layer.ok()) continue;
      const absl::Status status = CopyUpFromLower(
          *layer, lower, "layer", Limits(), {.keep = CanChown()}, budget);
      if (!status.ok()) {
        ASSERT_EQ(CategoryOf(status), ErrorCategory::kUnsafeLink) << status;
        continue;
      }
      top_down.insert(top_down.begin(), layer->directory);
      lower.insert(lower.begin(), {layer->directory, nullptr});
    }
    const std::string options =
        absl::StrCat("userxattr,lowerdir=", absl::StrJoin(top_down, ":"));
    if (mount("overlay", merged.c_str(), "overlay", MS_RDONLY,
              options.c_str()) != 0) {
      GTEST_SKIP() << "cannot mount overlayfs here: " << strerror(errno);
    }
    testing::Tree seen = ReadTree(merged);
    // A directory that only one layer has is listed as that layer has it, with
    // whiteouts that hide nothing. They cannot be opened.
    std::erase_if(seen, [](const auto& entry) { return entry.second == "?"; });
    ASSERT_EQ(umount2(merged.c_str(), MNT_DETACH), 0);
    ASSERT_TRUE(
        Flatten({top_down.rbegin(), top_down.rend()}, flat, FlattenMode::kCopy)
            .ok());
    ASSERT_EQ(ReadTree(flat), seen) << "round " << i;
    ASSERT_TRUE(fs::RemoveTree(flat).ok());
    for (const std::string& layer : top_down) {
      ASSERT_TRUE(fs::RemoveTree(layer).ok());
    }
    ++compared;
  }
  EXPECT_EQ(compared, kStacks);
}

}  // namespace
}  // namespace faas::image
