#ifndef FAAS_REGISTRYD_DEPLOY_IMAGE_FAILURE_H_
#define FAAS_REGISTRYD_DEPLOY_IMAGE_FAILURE_H_

#include "absl/status/status.h"

namespace faas::registryd {

// Returns an error of the image library as the API reports it: with the reason
// STORAGE, LIMIT_EXCEEDED or INVALID_IMAGE, and with its category. An error
// that is none of the image library's stays as it is.
absl::Status ImageFailure(absl::Status cause);

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_DEPLOY_IMAGE_FAILURE_H_
