#ifndef FAAS_IMAGE_TESTING_TREE_H_
#define FAAS_IMAGE_TESTING_TREE_H_

#include <map>
#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "image/error.h"

namespace faas::image::testing {

// What lies below `root`, by path: "file:CONTENT", "dir", "dir opaque",
// "link:TARGET", "whiteout".
using Tree = std::map<std::string, std::string>;
Tree ReadTree(const std::string& root);

// A temporary directory `dir`, with a tree `outside` in it that TearDown
// expects to find as it was.
class TreeTest : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  std::string dir_;
};

// Expects `status` to be an error of that category, saying `text`.
void ExpectError(const absl::Status& status, ErrorCategory category,
                 const std::string& text = "");

}  // namespace faas::image::testing

#endif  // FAAS_IMAGE_TESTING_TREE_H_
