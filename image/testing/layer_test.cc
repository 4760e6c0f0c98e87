#include "image/testing/layer_test.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "image/byte_source.h"
#include "image/layer/layer_writer.h"
#include "image/layer/read_layer.h"

namespace faas::image::testing {

bool LayerTest::CanChown() const {
  const std::string path = dir_ + "/owned";
  const bool can = mkdir(path.c_str(), 0700) == 0 &&
                   chown(path.c_str(), 70'000, 70'000) == 0;
  rmdir(path.c_str());
  return can;
}

absl::StatusOr<LayerSink::Written> LayerTest::Write(
    const faas::testing::TarWriter& tar, const Limits& limits) {
  root_ = absl::StrCat(dir_, "/layer", layers_++);
  StringSource source(tar.Finish());
  ASSIGN_OR_RETURN(const auto writer,
                   LayerWriter::Create(root_, {.label = "layer",
                                               .owners = {.keep = CanChown(),
                                                          .id_base = id_base_},
                                               .limits = limits}));
  Budget budget(limits);
  return ReadLayer(source, "layer", limits, budget, *writer);
}

struct stat LayerTest::Stat(const std::string& path) const {
  struct stat st = {};
  EXPECT_EQ(lstat((root_ + "/" + path).c_str(), &st), 0) << path;
  return st;
}

}  // namespace faas::image::testing
