#include "common/event/worker.h"

#include <string>
#include <thread>

#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"

namespace faas::event {
namespace {

TEST(WorkerTest, TasksRunInOrderOnAnotherThread) {
  Worker worker;
  std::string done;
  std::thread::id thread;
  absl::Notification all_done;
  worker.Run([&] { done += "a"; });
  worker.Run([&] { done += "b"; });
  worker.Run([&] {
    thread = std::this_thread::get_id();
    all_done.Notify();
  });
  all_done.WaitForNotification();
  EXPECT_EQ(done, "ab");
  EXPECT_NE(thread, std::this_thread::get_id());
}

TEST(WorkerTest, EndRunsWhatWasGivenBefore) {
  absl::Notification go;
  int done = 0;
  {
    Worker worker;
    worker.Run([&] { go.WaitForNotification(); });
    worker.Run([&] { ++done; });
    go.Notify();
  }
  EXPECT_EQ(done, 1);
}

}  // namespace
}  // namespace faas::event
