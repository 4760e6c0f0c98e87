#ifndef FAAS_RUNNERD_ADMISSION_OFFERED_CONNECTION_H_
#define FAAS_RUNNERD_ADMISSION_OFFERED_CONNECTION_H_

#include <cstdint>

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
  // Admission's number for this offer, never 0. Unlike the connection id, it
  // changes when gatewayd offers the connection again.
  uint64_t ticket = 0;
  // How many containers were started for it.
  int starts = 0;
  // Until when a container may start, by EventLoop::Now. Set with the first.
  absl::Time start_deadline;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_ADMISSION_OFFERED_CONNECTION_H_
