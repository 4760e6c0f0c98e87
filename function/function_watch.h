#ifndef FAAS_FUNCTION_FUNCTION_WATCH_H_
#define FAAS_FUNCTION_FUNCTION_WATCH_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "faas/v1/function.pb.h"

namespace faas::function {

// A FunctionState is the content of the registry at one generation: all
// functions, by name.
struct FunctionState {
  uint64_t generation = 0;
  std::map<std::string, v1::Function> functions;
};

// A FunctionWatch follows the registry on a thread of its own until it is
// destroyed. It reads a snapshot and then changes. When the connection to
// registryd breaks, it tries again until registryd is back, and starts with a
// new snapshot; in the meantime it reports nothing.
class FunctionWatch {
 public:
  // The watch calls it on its own thread, with the whole state, after the
  // snapshot and after each change.
  using Callback = std::function<void(std::shared_ptr<const FunctionState>)>;

  FunctionWatch(std::shared_ptr<grpc::Channel> registry, Callback callback);
  // Stops the thread. The callback is not running and will not be called again.
  ~FunctionWatch();

 private:
  void Run();
  void Follow(grpc::ClientContext* context);

  const std::shared_ptr<grpc::Channel> registry_;
  const Callback callback_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  grpc::ClientContext* context_ ABSL_GUARDED_BY(mutex_) = nullptr;
  std::thread thread_;
};

}  // namespace faas::function

#endif  // FAAS_FUNCTION_FUNCTION_WATCH_H_
