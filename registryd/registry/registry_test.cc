#include "registryd/registry/registry.h"

#include <cstdlib>
#include <thread>

#include "common/fs/file.h"
#include "common/rpc/status.h"
#include "gtest/gtest.h"

namespace faas::registryd {
namespace {

using Event = Registry::Event;

class RegistryTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/registry_testXXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
    registry_ = Reopen();
  }
  void TearDown() override { EXPECT_TRUE(fs::RemoveTree(dir_).ok()); }

  std::unique_ptr<Registry> Reopen() {
    auto registry = Registry::Open(dir_ + "/registry.json");
    EXPECT_TRUE(registry.ok()) << registry.status();
    return *std::move(registry);
  }

  static v1::Function Named(const std::string& name, uint64_t revision = 1) {
    v1::Function function;
    function.set_name(name);
    function.set_revision(revision);
    return function;
  }

  std::string dir_;
  std::unique_ptr<Registry> registry_;
};

TEST_F(RegistryTest, ChangesSurviveReopening) {
  ASSERT_EQ(registry_->Put(Named("a")).value_or(0), 1u);
  ASSERT_EQ(registry_->Put(Named("b")).value_or(0), 2u);
  ASSERT_EQ(registry_->Put(Named("a", 2)).value_or(0), 3u);
  ASSERT_EQ(registry_->Delete("b").value_or(0), 4u);
  registry_ = Reopen();
  EXPECT_EQ(registry_->size(), 1u);
  EXPECT_EQ(registry_->Get("a")->revision(), 2u);
  EXPECT_EQ(registry_->Put(Named("c")).value_or(0), 5u);
}

TEST_F(RegistryTest, UnknownFunctionIsNotFound) {
  EXPECT_EQ(rpc::ReasonOf(registry_->Get("x").status()), "FUNCTION_NOT_FOUND");
  EXPECT_EQ(registry_->Delete("x").status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(RegistryTest, FailedWriteChangesNothing) {
  ASSERT_TRUE(registry_->Put(Named("a")).ok());
  ASSERT_TRUE(fs::RemoveTree(dir_).ok());
  const absl::Status status = registry_->Put(Named("b")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(rpc::ReasonOf(status), "STORAGE");
  EXPECT_EQ(rpc::MetadataOf(status, "category"), "STORAGE");
  EXPECT_FALSE(registry_->Delete("a").ok());
  EXPECT_EQ(registry_->size(), 1u);
  uint64_t generation;
  registry_->Snapshot(&generation);
  EXPECT_EQ(generation, 1u);
}

TEST_F(RegistryTest, WhatACrashLeftBesideTheFileIsRemoved) {
  ASSERT_TRUE(registry_->Put(Named("a")).ok());
  for (const char* name : {"/registry.json.tmp", "/registry.json.old"}) {
    ASSERT_TRUE(fs::WriteFileDurably(dir_ + name, "{", 0600).ok());
  }
  registry_ = Reopen();
  EXPECT_TRUE(registry_->Get("a").ok());
  EXPECT_EQ(fs::ListDirectory(dir_)->size(), 1u);
}

TEST_F(RegistryTest, TwoFunctionsCannotHaveOneAddress) {
  v1::Function a = Named("a"), b = Named("b");
  a.set_address("10.0.0.10");
  b.set_address("10.0.0.10");
  ASSERT_TRUE(registry_->Put(a).ok());
  EXPECT_EQ(registry_->Put(b).status().code(), absl::StatusCode::kAborted);
  EXPECT_TRUE(registry_->Put(a).ok());
  EXPECT_EQ(registry_->size(), 1u);
}

TEST_F(RegistryTest, DamagedFileIsRefusedNotForgotten) {
  for (const char* content : {"", "{", "{\"format\":1}", "{\"format\":3}", "{}",
                              "{\"surprise\":1,\"format\": 2}"}) {
    ASSERT_TRUE(
        fs::WriteFileDurably(dir_ + "/registry.json", content, 0600).ok());
    EXPECT_EQ(Registry::Open(dir_ + "/registry.json").status().code(),
              absl::StatusCode::kFailedPrecondition)
        << content;
  }
}

TEST_F(RegistryTest, SecondChangerOfAFunctionIsAborted) {
  auto first = registry_->BeginChange("a");
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(rpc::ReasonOf(registry_->BeginChange("a").status()),
            "CONCURRENT_CHANGE");
  EXPECT_TRUE(registry_->BeginChange("b").ok());
  first->reset();
  EXPECT_TRUE(registry_->BeginChange("a").ok());
}

TEST_F(RegistryTest, WatcherGetsSnapshotThenChangesInOrder) {
  ASSERT_TRUE(registry_->Put(Named("a")).ok());
  uint64_t generation;
  const std::vector<Event> snapshot = registry_->Snapshot(&generation);
  ASSERT_EQ(snapshot.size(), 2u);
  EXPECT_EQ(snapshot[0].type(), Event::EVENT_TYPE_SNAPSHOT);
  EXPECT_EQ(snapshot[1].type(), Event::EVENT_TYPE_SYNCED);
  EXPECT_TRUE(
      registry_->AwaitChanges(generation, absl::ZeroDuration())->empty());
  std::thread writer([&] {
    ASSERT_TRUE(registry_->Put(Named("a", 2)).ok());
    ASSERT_TRUE(registry_->Delete("a").ok());
  });
  writer.join();
  const auto changes = registry_->AwaitChanges(generation, absl::Minutes(2));
  ASSERT_TRUE(changes.ok());
  ASSERT_EQ(changes->size(), 2u);
  EXPECT_EQ((*changes)[0].type(), Event::EVENT_TYPE_UPDATED);
  EXPECT_EQ((*changes)[1].type(), Event::EVENT_TYPE_DELETED);
  EXPECT_EQ((*changes)[1].generation(), 3u);
}

TEST_F(RegistryTest, WatcherOfAPreviousRunMustTakeASnapshot) {
  ASSERT_TRUE(registry_->Put(Named("a")).ok());
  registry_ = Reopen();
  EXPECT_EQ(registry_->AwaitChanges(0, absl::ZeroDuration()).status().code(),
            absl::StatusCode::kOutOfRange);
}

TEST_F(RegistryTest, ListPagesByName) {
  for (const char* name : {"c", "a", "b"}) {
    ASSERT_TRUE(registry_->Put(Named(name)).ok());
  }
  const auto first = registry_->List("", 2);
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[1].name(), "b");
  EXPECT_EQ(registry_->List("b", 2).at(0).name(), "c");
  EXPECT_TRUE(registry_->List("c", 2).empty());
}

}  // namespace
}  // namespace faas::registryd
