#ifndef FAAS_REGISTRYD_DEPLOY_FUNCTION_REVISION_H_
#define FAAS_REGISTRYD_DEPLOY_FUNCTION_REVISION_H_

#include <cstddef>

#include "absl/status/status.h"
#include "extractor/protocol/messages.h"
#include "faas/v1/function.pb.h"

namespace faas::registryd {

// Makes `image` the function's, with the command that it says.
void SetImage(v1::Image image, v1::Function& function);

// Gives the function the next revision number, a new revision id and the time
// of now; the time of its creation, too, if it has none.
void BeginRevision(v1::Function& function);

// The largest function, as a message, in bytes. Everybody who lists or watches
// functions gets a copy of what an image says of itself.
inline constexpr size_t kMaxFunctionBytes = extractor::kMaxImageBytes;

// Returns the error of an image that says too much (kLimit) if the function is
// larger than kMaxFunctionBytes.
absl::Status CheckFunctionSize(const v1::Function& function);

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_DEPLOY_FUNCTION_REVISION_H_
