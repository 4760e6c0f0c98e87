#include "extractor/client/extraction_result.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace faas::extractor {
namespace {

using ::testing::HasSubstr;

std::string DigestOf(char digit) {
  return absl::StrCat("sha256:", std::string(64, digit));
}

class ExtractionResultTest : public testing::Test {
 protected:
  void SetUp() override {
    result_.mutable_image()->set_digest(DigestOf('f'));
    image::Layer stored;
    stored.diff_id = DigestOf('5');
    stored.directory = "/layers/5";
    stored.tar_bytes = 55;
    stored.disk_bytes = 555;
    told_.push_back(stored);
  }

  internal::v1::ExtractionResult::Layer& Add(char digit, uint32_t directory) {
    auto& layer = *result_.add_layers();
    layer.set_diff_id(DigestOf(digit));
    layer.set_content_id(DigestOf(digit));
    layer.set_blob_digest(DigestOf('b'));
    layer.set_directory(directory);
    layer.set_standalone(true);
    layer.set_tar_bytes(3 << 20);
    return layer;
  }

  absl::StatusOr<image::ExtractedImage> Check() {
    return CheckExtracted(result_, {.staging = "/staging",
                                    .told = told_,
                                    .limits = {.layers = 3},
                                    .id_base = 7});
  }

  void ExpectRefused(const std::string& says) {
    const auto checked = Check();
    EXPECT_FALSE(checked.ok());
    EXPECT_THAT(std::string(checked.status().message()), HasSubstr(says));
  }

  internal::v1::ExtractionResult result_;
  std::vector<image::Layer> told_;
};

TEST_F(ExtractionResultTest, NewAndStoredLayersAreTaken) {
  Add('5', 0).set_stored(0);
  result_.mutable_layers(0)->set_tar_bytes(1);
  result_.mutable_layers(0)->set_disk_bytes(1);
  Add('a', 4).set_checkpoints(std::string(96, 'c'));
  result_.mutable_layers(1)->set_content_id(
      image::ChainIds({DigestOf('5'), DigestOf('a')})[1]);
  const auto checked = Check();
  ASSERT_TRUE(checked.ok()) << checked.status();
  ASSERT_EQ(checked->layers.size(), 2u);
  EXPECT_TRUE(checked->layers[0].stored);
  // These come from the store and not from the extractor.
  EXPECT_EQ(checked->layers[0].directory, "/layers/5");
  EXPECT_EQ(checked->layers[0].tar_bytes, 55u);
  EXPECT_EQ(checked->layers[0].disk_bytes, 555u);
  EXPECT_EQ(checked->layers[1].directory, "/staging/4");
  // A layer that has copied content up is not offered to other extractions.
  EXPECT_FALSE(checked->layers[1].standalone);
  EXPECT_EQ(checked->layers[1].checkpoints.size(), 3u);
  EXPECT_EQ(checked->image.id_base(), 7u);
  ASSERT_EQ(checked->image.layers_size(), 2);
  EXPECT_EQ(checked->image.layers(1).content_id(),
            checked->layers[1].content_id);
}

TEST_F(ExtractionResultTest, WhatIsNoDigestIsRefused) {
  for (const std::string& id :
       {std::string(), std::string("sha256:../../x"),
        absl::StrCat("sha256:", std::string(63, 'a')),
        absl::StrCat("sha256:", std::string(63, 'a'), "/"),
        absl::StrCat(DigestOf('a'), "a")}) {
    SCOPED_TRACE(id);
    result_.clear_layers();
    Add('a', 0).set_diff_id(id);
    ExpectRefused("a layer by what is no digest");
    result_.clear_layers();
    Add('a', 0).set_content_id(id);
    ExpectRefused("a layer by what is no digest");
    result_.clear_layers();
    Add('a', 0).set_blob_digest(id);
    ExpectRefused("a layer by what is no digest");
  }
  result_.clear_layers();
  result_.mutable_image()->set_digest("x");
  ExpectRefused("an image by what is no digest");
}

TEST_F(ExtractionResultTest, ContentThatIsAnothersIsRefused) {
  Add('a', 0).set_content_id(DigestOf('c'));
  ExpectRefused("a layer's content by another's id");
  result_.mutable_layers(0)->set_content_id(
      image::ChainIds({DigestOf('1'), DigestOf('a')})[1]);
  ExpectRefused("a layer's content by another's id");
}

TEST_F(ExtractionResultTest, StoredLayerThatItWasNotToldOfIsRefused) {
  Add('5', 0).set_stored(1);
  ExpectRefused("was not told of");
  result_.clear_layers();
  Add('a', 0).set_stored(0);
  ExpectRefused("was not told of");
  result_.clear_layers();
  auto& layer = Add('5', 0);
  layer.set_stored(0);
  layer.set_content_id(DigestOf('a'));
  ExpectRefused("was not told of");
}

TEST_F(ExtractionResultTest, OneLayerIsInOnePlace) {
  Add('a', 0);
  Add('a', 1);
  ExpectRefused("two directories for one layer");
  result_.clear_layers();
  Add('a', 0).clear_place();
  ExpectRefused("a layer that is nowhere");
}

TEST_F(ExtractionResultTest, NumbersAreBounded) {
  Add('a', 0).set_checkpoints(std::string(4 * 32, 'c'));
  ExpectRefused("more checkpoints than a layer has");
  result_.mutable_layers(0)->set_checkpoints(std::string(33, 'c'));
  ExpectRefused("more checkpoints than a layer has");
  result_.mutable_layers(0)->clear_checkpoints();
  for (int i = 0; i < 1000; ++i) {
    result_.mutable_layers(0)->add_ignored_attributes()->set_name("n");
  }
  ExpectRefused("attributes that no layer can have");
  result_.clear_layers();
  Add('a', 0).add_ignored_attributes()->set_example("\x1b[2J");
  ExpectRefused("attributes that no layer can have");
  result_.clear_layers();
  for (const char digit : {'a', 'b', 'c', 'd'}) Add(digit, digit);
  ExpectRefused("more layers than an image has");
}

}  // namespace
}  // namespace faas::extractor
