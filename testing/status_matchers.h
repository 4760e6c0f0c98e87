#ifndef FAAS_TESTING_STATUS_MATCHERS_H_
#define FAAS_TESTING_STATUS_MATCHERS_H_

#include <gtest/gtest.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace faas::testing {

inline absl::Status StatusOf(const absl::Status& status) { return status; }
template <typename T>
absl::Status StatusOf(const absl::StatusOr<T>& value) {
  return value.status();
}

inline ::testing::AssertionResult IsOk(const absl::Status& status) {
  if (status.ok()) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << status;
}

}  // namespace faas::testing

// These take a Status or a StatusOr.
#define EXPECT_OK(expr) \
  EXPECT_TRUE(::faas::testing::IsOk(::faas::testing::StatusOf(expr)))
#define ASSERT_OK(expr) \
  ASSERT_TRUE(::faas::testing::IsOk(::faas::testing::StatusOf(expr)))

#endif  // FAAS_TESTING_STATUS_MATCHERS_H_
