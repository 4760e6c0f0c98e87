#include "function/function_watch.h"

#include <utility>

#include "absl/time/time.h"
#include "faas/v1/function_service.grpc.pb.h"

namespace faas::function {
namespace {

using v1::WatchFunctionsResponse;

// The pause between a watch that ended and the next one. It keeps the thread
// from asking a registryd that refuses in a tight loop.
constexpr absl::Duration kPause = absl::Milliseconds(100);

// Applies one event to `state`. Returns whether the state is complete.
bool Apply(WatchFunctionsResponse event, bool synced, FunctionState& state) {
  state.generation = event.generation();
  switch (event.type()) {
    case WatchFunctionsResponse::EVENT_TYPE_SYNCED:
      return true;
    case WatchFunctionsResponse::EVENT_TYPE_DELETED:
      state.functions.erase(event.function().name());
      return synced;
    case WatchFunctionsResponse::EVENT_TYPE_SNAPSHOT:
    case WatchFunctionsResponse::EVENT_TYPE_CREATED:
    case WatchFunctionsResponse::EVENT_TYPE_UPDATED: {
      const std::string name = event.function().name();
      state.functions[name] = std::move(*event.mutable_function());
      return synced;
    }
    default:  // An event that only a newer registryd knows.
      return synced;
  }
}

}  // namespace

FunctionWatch::FunctionWatch(std::shared_ptr<grpc::Channel> registry,
                             Callback callback)
    : registry_(std::move(registry)), callback_(std::move(callback)) {
  thread_ = std::thread([this] { Run(); });
}

FunctionWatch::~FunctionWatch() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    if (context_ != nullptr) context_->TryCancel();
  }
  thread_.join();
}

void FunctionWatch::Run() {
  while (true) {
    grpc::ClientContext context;
    {
      absl::MutexLock lock(&mutex_);
      if (stopping_) return;
      context_ = &context;
    }
    Follow(&context);
    absl::MutexLock lock(&mutex_);
    context_ = nullptr;
    mutex_.AwaitWithTimeout(absl::Condition(&stopping_), kPause);
  }
}

void FunctionWatch::Follow(grpc::ClientContext* context) {
  context->set_wait_for_ready(true);
  const auto stub = v1::FunctionService::NewStub(registry_);
  const auto reader = stub->WatchFunctions(context, {});
  FunctionState state;
  bool synced = false;
  WatchFunctionsResponse event;
  while (reader->Read(&event)) {
    synced = Apply(std::move(event), synced, state);
    if (synced) callback_(std::make_shared<FunctionState>(state));
  }
  // The reason does not matter here: if it lasts, the next watch meets it, too.
  static_cast<void>(reader->Finish());
}

}  // namespace faas::function
