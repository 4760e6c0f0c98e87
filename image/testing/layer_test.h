#ifndef FAAS_IMAGE_TESTING_LAYER_TEST_H_
#define FAAS_IMAGE_TESTING_LAYER_TEST_H_

#include <sys/stat.h>

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "image/layer/layer_sink.h"
#include "image/limits.h"
#include "image/testing/tree.h"
#include "testing/tar_writer.h"

namespace faas::image::testing {

// A LayerTest writes layers from tars, each into a new directory.
class LayerTest : public TreeTest {
 protected:
  // Returns whether the test may give files to other users. Bazel's sandbox
  // runs tests as a root who may not.
  bool CanChown() const;

  // Writes a layer. Owners are kept if CanChown().
  absl::StatusOr<LayerSink::Written> Write(const faas::testing::TarWriter& tar,
                                           const Limits& limits = {});

  // Return the tree, and the status of a file, of the layer that was written
  // last.
  Tree Read() const { return ReadTree(root_); }
  struct stat Stat(const std::string& path) const;

  std::string root_;
  uint32_t id_base_ = 0;

 private:
  int layers_ = 0;
};

}  // namespace faas::image::testing

#endif  // FAAS_IMAGE_TESTING_LAYER_TEST_H_
