#ifndef FAAS_RUNNERD_ADMISSION_OFFERED_CONNECTION_H_
#define FAAS_RUNNERD_ADMISSION_OFFERED_CONNECTION_H_

#include "absl/time/time.h"
#include "common/base/unique_fd.h"
#include "faas/internal/v1/handoff.pb.h"
#include "runnerd/admission/handoff_server.h"

namespace faas::runnerd {

// A connection that gatewayd has offered and that is not answered yet.
struct OfferedConnection {
  HandoffServer::Channel channel = 0;
  internal::v1::Offer offer;
  base::UniqueFd fd;
  // Containers that were started for it, and until when one may be: set with
  // the first.
  int starts = 0;
  absl::Time start_deadline;  // EventLoop::Now
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_ADMISSION_OFFERED_CONNECTION_H_
