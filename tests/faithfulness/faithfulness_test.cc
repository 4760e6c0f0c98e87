// Tests that the image library makes of an image what umoci makes of it. Images
// of several tools are unpacked by both and compared in everything that an
// image can say about files.

#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/fs/file.h"
#include "gtest/gtest.h"
#include "image/flatten.h"
#include "testing/private_host.h"
#include "tests/faithfulness/compare_trees.h"
#include "tests/faithfulness/file_tree.h"
#include "tests/faithfulness/test_images.h"
#include "tests/faithfulness/unpack.h"

namespace faas::testing {
namespace {

// An Exception is a difference that is as it should be.
struct Exception {
  std::string path;
  std::string aspect;  // "" for all
  std::string reason;
};

// Differences that every image may have.
const Exception kRoot = {
    ".", "",
    "of the root directory, the topmost layer has a say even if it does not "
    "list it, as with Docker's overlay2; runnerd covers it with its scaffold"};

// Differences of OddLayers. Each of them must be there.
const std::vector<Exception> kOddTar = {
    {"odd_tar/after_2262", "mtime",
     "umoci counts nanoseconds in 64 bits; the tar says what we have"},
    {"odd_tar/attributes", "trusted.host",
     "only user.* and capabilities are kept; the image's description lists "
     "what was ignored"},
    {"odd_tar/linked_2", "links",
     "a link across layers takes the file up, away from its links below, as "
     "overlayfs does; Docker refuses such a layer"},
    {"odd_tar/gone", "mtime",
     "no layer says anything about a directory that was removed and is there "
     "again because of a file in it"},
    {"odd_tar", "mtime",
     "umoci puts back the time of an unlisted directory that it writes to, but "
     "not of one in which it makes that; no layer changes this one"},
};

struct Image {
  std::string tool;     // for BuildImages
  std::string archive;  // one of its files
  uint32_t id_base = 0;

  friend std::ostream& operator<<(std::ostream& out, const Image& image) {
    return out << image.tool << "/" << image.archive;
  }
};

// Returns what skopeo calls the image of `tool` in the form that umoci gets.
// The trees of the other forms must be the same. (umoci knows no zstd, and what
// skopeo writes without compression it calls gzip.)
std::string SourceOf(const std::string& tool, const std::string& directory) {
  static const auto* const sources = new std::map<std::string, std::string>{
      {"example", "docker-archive:$/hello.tar"},
      {"handmade", "docker-archive:$/docker20.tar"},
      {"umoci", "oci:$/layout:odd"},
      {"skopeo", "oci-archive:$/gzip.tar"},
      {"buildah", "docker-archive:$/docker.tar"},
      {"podman", "oci-archive:$/oci.tar"},
  };
  return absl::StrReplaceAll(sources->at(tool), {{"$", directory}});
}

std::string TestDirectory() { return PrivateHostDirectory() + "/faithful"; }

bool IsOne(const Exception& exception, const Difference& difference) {
  return exception.path == difference.path &&
         (exception.aspect.empty() || exception.aspect == difference.aspect);
}

class FaithfulnessTest : public ::testing::TestWithParam<Image> {
 protected:
  void TearDown() override {
    EXPECT_TRUE(fs::RemoveTree(TestDirectory() + "/ours").ok());
  }

  // Compares what umoci made of the image with the tree at `root`.
  void ExpectSame(const FileTree& umoci, const std::string& root) {
    const absl::StatusOr<FileTree> ours = ReadFileTree(root);
    ASSERT_TRUE(ours.ok()) << ours.status();
    EXPECT_GT(ours->size(), 1u);
    std::vector<Exception> expected;
    if (GetParam().tool == "handmade") expected = kOddTar;
    for (const Difference& difference :
         CompareTrees(umoci, *ours, {.id_base = GetParam().id_base})) {
      const size_t excepted =
          std::erase_if(expected, [&](const Exception& exception) {
            return IsOne(exception, difference);
          });
      if (excepted == 0 && !IsOne(kRoot, difference)) {
        ADD_FAILURE() << "umoci and we differ: " << difference.Describe();
      }
    }
    for (const Exception& exception : expected) {
      ADD_FAILURE() << "no exception any more: \"" << exception.path
                    << "\": " << exception.aspect << ": " << exception.reason;
    }
  }

  // Unpacks with the library, and looks at the result in each way there is.
  void ExpectSameInAllViews(const FileTree& umoci, const std::string& archive) {
    const std::string ours = TestDirectory() + "/ours";
    const auto layers =
        ExtractLayers(archive, ours + "/layers", GetParam().id_base);
    ASSERT_TRUE(layers.ok()) << layers.status();
    {
      SCOPED_TRACE("overlayfs");
      const auto overlay = OverlayMount::Create(*layers, ours);
      ASSERT_TRUE(overlay.ok()) << overlay.status();
      ExpectSame(umoci, overlay->root());
    }
    for (const auto& [view, mode] :
         {std::pair("copied", image::FlattenMode::kCopy),
          std::pair("moved", image::FlattenMode::kMove)}) {
      SCOPED_TRACE(view);
      const std::string target = absl::StrCat(ours, "/", view);
      const absl::Status flat = image::Flatten(*layers, target, mode);
      ASSERT_TRUE(flat.ok()) << flat;
      ExpectSame(umoci, target);
    }
  }
};

TEST_P(FaithfulnessTest, SameAsUmoci) {
  const absl::StatusOr<std::string> images =
      BuildImages(GetParam().tool, TestDirectory());
  if (absl::IsUnavailable(images.status())) {
    GTEST_SKIP() << images.status().message();
  }
  ASSERT_TRUE(images.ok()) << images.status();
  const absl::StatusOr<FileTree>& umoci =
      UnpackWithUmoci(SourceOf(GetParam().tool, *images), TestDirectory());
  if (absl::IsUnavailable(umoci.status())) {
    GTEST_SKIP() << umoci.status().message();
  }
  ASSERT_TRUE(umoci.ok()) << umoci.status();
  ExpectSameInAllViews(*umoci, absl::StrCat(*images, "/", GetParam().archive));
}

std::string NameOf(const ::testing::TestParamInfo<Image>& tested) {
  const Image& image = tested.param;
  return absl::StrReplaceAll(absl::StrCat(image.tool, "_", image.archive,
                                          image.id_base > 0 ? "_shifted" : ""),
                             {{".tar", ""}});
}

INSTANTIATE_TEST_SUITE_P(
    Images, FaithfulnessTest,
    ::testing::Values(
        Image{"example", "hello.tar"}, Image{"handmade", "docker20.tar"},
        Image{"handmade", "docker25.tar"}, Image{"handmade", "containerd.tar"},
        Image{"umoci", "layout.tar"}, Image{"skopeo", "docker.tar"},
        Image{"skopeo", "gzip.tar"}, Image{"skopeo", "zstd.tar"},
        Image{"skopeo", "plain.tar"}, Image{"skopeo", "layout.tar"},
        Image{"buildah", "docker.tar"}, Image{"buildah", "oci.tar"},
        Image{"podman", "docker.tar"}, Image{"podman", "oci.tar"},
        // The ids are shifted as for a container in a user namespace.
        Image{"buildah", "docker.tar", 200'000}),
    NameOf);

}  // namespace
}  // namespace faas::testing
