#include "runnerd/container/posted_events.h"

#include <memory>
#include <vector>

#include "absl/synchronization/notification.h"
#include "common/event/worker.h"
#include "gtest/gtest.h"
#include "runnerd/container/background_tasks.h"

namespace faas::runnerd {
namespace {

std::unique_ptr<event::EventLoop> MakeLoop() {
  return *event::EventLoop::Create();
}

// Runs the loop until all that was posted so far has run.
void RunPosted(event::EventLoop& loop) {
  loop.Stop();
  loop.Run();
}

TEST(PostedEventsTest, EventsComeAfterTheCallAndInOrder) {
  const auto loop = MakeLoop();
  const PostedEvents events(loop.get());
  std::vector<int> seen;
  for (int i = 0; i < 3; ++i) events.Post([&seen, i] { seen.push_back(i); });
  EXPECT_TRUE(seen.empty());
  RunPosted(*loop);
  EXPECT_EQ(seen, (std::vector<int>{0, 1, 2}));
}

TEST(PostedEventsTest, EventsOfOneObjectKeepTheirOrderAmongThoseOfAnother) {
  const auto loop = MakeLoop();
  const PostedEvents one(loop.get()), other(loop.get());
  std::vector<int> seen;
  one.Post([&] { seen.push_back(1); });
  other.Post([&] { seen.push_back(2); });
  one.Post([&] { seen.push_back(3); });
  RunPosted(*loop);
  EXPECT_EQ(seen, (std::vector<int>{1, 2, 3}));
}

TEST(PostedEventsTest, ADestroyedObjectHasNoMoreEvents) {
  const auto loop = MakeLoop();
  auto events = std::make_unique<PostedEvents>(loop.get());
  bool called = false;
  events->Post([&] { called = true; });
  events.reset();
  RunPosted(*loop);
  EXPECT_FALSE(called);
}

TEST(PostedEventsTest, AnEventMayDestroyTheObject) {
  const auto loop = MakeLoop();
  auto events = std::make_unique<PostedEvents>(loop.get());
  bool called = false;
  events->Post([&] { events.reset(); });
  events->Post([&] { called = true; });
  RunPosted(*loop);
  EXPECT_EQ(events, nullptr);
  EXPECT_FALSE(called);
}

TEST(BackgroundTasksTest, TheDestructorWaitsForTheTasks) {
  event::Worker worker;
  absl::Notification go;
  bool done = false;
  auto tasks = std::make_unique<BackgroundTasks>();
  tasks->Run(&worker, [&] { go.WaitForNotification(); });
  tasks->Run(&worker, [&] { done = true; });
  go.Notify();
  tasks.reset();
  EXPECT_TRUE(done);
}

TEST(BackgroundTasksTest, ATaskOfADestroyedObjectReachesNobody) {
  const auto loop = MakeLoop();
  event::Worker worker;
  bool called = false;
  {
    const PostedEvents events(loop.get());
    BackgroundTasks tasks;
    tasks.Run(&worker, [&] { events.Post([&] { called = true; }); });
  }
  RunPosted(*loop);
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace faas::runnerd
