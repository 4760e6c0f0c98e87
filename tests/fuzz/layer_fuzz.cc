// Layers, written entry by entry by LayerWriter, completed by CopyUpFromLower
// and merged by Flatten. The input is a recipe, see layer_recipe.h.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/base/status_macros.h"
#include "common/base/unique_fd.h"
#include "common/fs/file.h"
#include "image/byte_source.h"
#include "image/flatten.h"
#include "image/layer/copy_up.h"
#include "image/layer/layer_sink.h"
#include "image/layer/layer_writer.h"
#include "image/layer/overlay.h"
#include "image/layer/read_layer.h"
#include "image/limits.h"
#include "image/owners.h"
#include "testing/tar_writer.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/fuzz_sandbox.h"
#include "tests/fuzz/layer_recipe.h"

namespace faas::fuzz {
namespace {

using image::LayerSink;
using testing::LongNames;
using testing::TarEntry;
using testing::TarWriter;

constexpr size_t kMaxLayers = 3;
constexpr size_t kMaxEntries = 64;
// The host's id of the image's root, and how many ids there are from there.
constexpr uint32_t kIdBase = 100'000;
constexpr uint32_t kIds = 65'536;

image::Limits SmallLimits() {
  image::Limits limits;
  limits.layer_bytes = 1 << 20;
  limits.image_bytes = 1 << 21;
  limits.entries = 150;
  // The path from the root of this host must be short enough too.
  limits.path_bytes = 3800;
  limits.depth = 20;
  limits.lower_references = 16;
  limits.ids = kIds;
  return limits;
}

image::Owners OwnersIn(const Sandbox& sandbox) {
  if (!sandbox.can_chown()) return {.keep = false};
  return {.keep = true, .id_base = kIdBase};
}

std::string RecipeTar(const std::vector<TarEntry>& entries) {
  TarWriter tar(LongNames::kGnu);
  for (size_t i = 0; i < entries.size() && i < kMaxEntries; ++i) {
    tar.Add(entries[i]);
  }
  return tar.Finish();
}

// Writes a layer onto those that are there, from the top down, and adds it to
// them.
absl::Status AddLayer(const std::vector<TarEntry>& entries,
                      const image::Owners& owners, const std::string& directory,
                      image::Budget& budget,
                      std::vector<image::LayerDirectory>& top_down) {
  const image::Limits limits = SmallLimits();
  image::StringSource source(RecipeTar(entries));
  ASSIGN_OR_RETURN(
      const auto writer,
      image::LayerWriter::Create(
          directory, {.label = "layer", .owners = owners, .limits = limits}));
  ASSIGN_OR_RETURN(const LayerSink::Written written,
                   ReadLayer(source, "layer", limits, budget, *writer));
  RETURN_IF_ERROR(
      CopyUpFromLower(written, top_down, "layer", limits, owners, budget));
  top_down.insert(top_down.begin(), {.path = directory, .fd = nullptr});
  return absl::OkStatus();
}

bool IsOwn(const struct stat& st, const image::Owners& owners) {
  if (!owners.keep) return st.st_uid == geteuid() && st.st_gid == getegid();
  return st.st_uid - owners.id_base < kIds && st.st_gid - owners.id_base < kIds;
}

// Checks that a merged tree is a plain one that belongs to the image, without
// anything that overlayfs or a reader of layers would take for a marker.
void CheckPlain(const std::string& tree, const image::Owners& owners) {
  std::vector<std::string> paths = {tree};
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(tree)) {
    paths.push_back(entry.path().string());
  }
  for (const std::string& path : paths) {
    Check(!absl::StrContains(path, "/.wh."),
          absl::StrCat("no whiteout: ", path));
    struct stat st;
    Check(lstat(path.c_str(), &st) == 0, "stat");
    Check(IsOwn(st, owners), absl::StrCat("an owner in the image: ", path, " ",
                                          st.st_uid, ":", st.st_gid));
    Check(S_ISREG(st.st_mode) || S_ISDIR(st.st_mode) || S_ISLNK(st.st_mode),
          absl::StrCat("a file, a directory or a symlink: ", path));
    if (!S_ISDIR(st.st_mode)) continue;
    const auto fd = fs::Open(path, O_RDONLY | O_DIRECTORY);
    Check(fd.ok() && !image::IsOpaque(fd->get()),
          absl::StrCat("not opaque: ", path));
  }
}

// Checks that both ways to flatten give the same tree, and that a copy leaves
// the layers alone.
void CheckFlatten(const std::vector<image::LayerDirectory>& top_down,
                  const image::Owners& owners, const std::string& dir) {
  std::vector<std::string> layers;  // from the bottom up
  for (auto it = top_down.rbegin(); it != top_down.rend(); ++it) {
    layers.push_back(it->path);
  }
  const auto fingerprint = [&] {
    std::string all;
    for (const std::string& layer : layers) {
      all += Fingerprint(layer, /*ctimes=*/true);
    }
    return all;
  };
  const std::string before = fingerprint();
  const std::string copied = dir + "/copied";
  const std::string moved = dir + "/moved";
  const absl::Status copy = Flatten(layers, copied, image::FlattenMode::kCopy);
  Check(copy.ok(), absl::StrCat("layers can be copied: ", copy.ToString()));
  Check(fingerprint() == before, "a copy leaves the layers as they are");
  const absl::Status move = Flatten(layers, moved, image::FlattenMode::kMove);
  Check(move.ok(), absl::StrCat("layers can be moved: ", move.ToString()));
  const std::string copied_tree = Fingerprint(copied, /*ctimes=*/false);
  const std::string moved_tree = Fingerprint(moved, /*ctimes=*/false);
  Check(copied_tree == moved_tree,
        absl::StrCat("copied and moved alike\n", copied_tree, "is not\n",
                     moved_tree));
  CheckPlain(copied, owners);
}

void Run(absl::string_view text, Sandbox& sandbox) {
  image::Budget budget(SmallLimits());
  std::vector<image::LayerDirectory> top_down;
  for (const std::vector<TarEntry>& entries :
       ParseRecipe(text, sandbox.outside())) {
    if (top_down.size() == kMaxLayers) break;
    const absl::Status added = AddLayer(
        entries, OwnersIn(sandbox),
        absl::StrCat(sandbox.inside(), "/", top_down.size()), budget, top_down);
    if (!added.ok()) {
      CheckImageError(added);
      return;
    }
  }
  CheckFlatten(top_down, OwnersIn(sandbox), sandbox.inside());
}

}  // namespace
}  // namespace faas::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static faas::fuzz::Sandbox sandbox;
  sandbox.Begin();
  faas::fuzz::Run(absl::string_view(reinterpret_cast<const char*>(data), size),
                  sandbox);
  sandbox.End();
  return 0;
}
