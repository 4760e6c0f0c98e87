#include "registryd/store/store_usage.h"

#include "gtest/gtest.h"

namespace faas::registryd {
namespace {

v1::Function FunctionOf(const std::string& name,
                        const std::vector<std::string>& layers) {
  v1::Function function;
  function.set_name(name);
  for (const std::string& layer : layers) {
    function.mutable_image()->add_layers()->set_content_id(layer);
  }
  return function;
}

internal::v1::LayerRecord RecordOf(uint64_t bytes) {
  internal::v1::LayerRecord record;
  record.mutable_layer()->set_disk_bytes(bytes);
  return record;
}

TEST(StoreUsageTest, SharedLayersAreTold) {
  const v1::GetUsageResponse usage = ComputeUsage(
      {FunctionOf("a", {"base", "a", "a"}), FunctionOf("b", {"base", "b"})},
      {{"base", RecordOf(100)},
       {"a", RecordOf(10)},
       {"b", RecordOf(20)},
       {"old", RecordOf(3)}});
  ASSERT_EQ(usage.functions_size(), 2);
  EXPECT_EQ(usage.functions(0).function(), "a");
  EXPECT_EQ(usage.functions(0).alone_bytes(), 10u);
  EXPECT_EQ(usage.functions(0).shared_bytes(), 100u);
  EXPECT_EQ(usage.functions(1).alone_bytes(), 20u);
  EXPECT_EQ(usage.layers(), 4u);
  EXPECT_EQ(usage.layer_bytes(), 133u);
  EXPECT_EQ(usage.unused_layers(), 1u);
  EXPECT_EQ(usage.unused_bytes(), 3u);
}

TEST(StoreUsageTest, NothingIsNothing) {
  EXPECT_EQ(ComputeUsage({}, {}).SerializeAsString(), "");
}

}  // namespace
}  // namespace faas::registryd
