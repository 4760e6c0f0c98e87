#include "common/rpc/api_token.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "common/fs/file.h"
#include "gtest/gtest.h"

namespace faas::rpc {
namespace {

class ApiTokenTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = "/tmp/api_token_testXXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
    path_ = dir_ + "/token";
  }
  void TearDown() override { EXPECT_TRUE(fs::RemoveTree(dir_).ok()); }

  void Write(const std::string& text) {
    std::ofstream(path_) << text;
    ASSERT_EQ(chmod(path_.c_str(), 0600), 0);
  }

  std::string dir_, path_;
};

TEST_F(ApiTokenTest, IsMadeOnceAndKept) {
  const auto token = ReadOrMakeToken(path_);
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ(token->size(), 64u);
  struct stat st;
  ASSERT_EQ(stat(path_.c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 07777, 0600u);
  EXPECT_EQ(*ReadOrMakeToken(path_), *token);
  EXPECT_EQ(*ReadToken(path_), *token);
  ASSERT_EQ(unlink(path_.c_str()), 0);
  EXPECT_NE(*ReadOrMakeToken(path_), *token);
  EXPECT_EQ(fs::ListDirectory(dir_)->size(), 1u);  // there is nothing beside it
}

TEST_F(ApiTokenTest, FileThatOthersMayReadIsRefused) {
  ASSERT_TRUE(ReadOrMakeToken(path_).ok());
  for (const mode_t mode : {0640, 0604, 0620, 0601}) {
    ASSERT_EQ(chmod(path_.c_str(), mode), 0);
    const auto token = ReadOrMakeToken(path_);
    EXPECT_EQ(token.status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_NE(token.status().message().find("chmod 0600"),
              absl::string_view::npos);
  }
  ASSERT_EQ(chmod(path_.c_str(), 0400), 0);
  EXPECT_TRUE(ReadOrMakeToken(path_).ok());
}

TEST_F(ApiTokenTest, SymlinksAndFifosAreRefused) {
  const std::string target = dir_ + "/target";
  ASSERT_TRUE(ReadOrMakeToken(target).ok());
  ASSERT_EQ(symlink(target.c_str(), path_.c_str()), 0);
  EXPECT_FALSE(ReadOrMakeToken(path_).ok());
  ASSERT_EQ(unlink(path_.c_str()), 0);
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_FALSE(ReadOrMakeToken(path_).ok());
}

TEST_F(ApiTokenTest, WhatIsNoTokenIsRefused) {
  for (const std::string& text :
       {std::string(), std::string("\n"), std::string(31, 'x'),
        std::string(20, 'x') + " " + std::string(20, 'x'),
        std::string(40, '\x01'), std::string(2000, 'x')}) {
    Write(text);
    EXPECT_FALSE(ReadOrMakeToken(path_).ok()) << text;
  }
  Write(std::string(32, 'x') + "\n");
  EXPECT_EQ(*ReadOrMakeToken(path_), std::string(32, 'x'));
}

TEST_F(ApiTokenTest, OnlyEqualOnesAreEqual) {
  EXPECT_TRUE(EqualInConstantTime("abc", "abc"));
  EXPECT_FALSE(EqualInConstantTime("abc", "abd"));
  EXPECT_FALSE(EqualInConstantTime("abc", "Abc"));
  EXPECT_FALSE(EqualInConstantTime("abc", "ab"));
  EXPECT_FALSE(EqualInConstantTime("abc", "abcd"));
  EXPECT_FALSE(EqualInConstantTime("abc", ""));
}

}  // namespace
}  // namespace faas::rpc
