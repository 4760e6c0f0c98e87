#ifndef FAAS_IMAGE_TESTING_TREE_H_
#define FAAS_IMAGE_TESTING_TREE_H_

#include <map>
#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "image/error.h"

namespace faas::image::testing {

// A Tree says what is below a directory, by path: "file:CONTENT", "dir", "dir
// opaque", "link:TARGET", "whiteout".
using Tree = std::map<std::string, std::string>;
Tree ReadTree(const std::string& root);

// A TreeTest has a temporary directory `dir_`, and a tree `outside` in it that
// TearDown expects to find unchanged.
class TreeTest : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  std::string dir_;
};

// Expects that `status` is an error of that category, and that its message
// contains `text`.
void ExpectError(const absl::Status& status, ErrorCategory category,
                 const std::string& text = "");

}  // namespace faas::image::testing

#endif  // FAAS_IMAGE_TESTING_TREE_H_
