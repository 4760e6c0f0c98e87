#ifndef FAAS_TESTING_HEALTH_H_
#define FAAS_TESTING_HEALTH_H_

#include <string>

namespace faas::testing {

// Returns whether the daemon at this unix socket says SERVING (grpc.health.v1).
bool IsServing(const std::string& socket_path);

}  // namespace faas::testing

#endif  // FAAS_TESTING_HEALTH_H_
