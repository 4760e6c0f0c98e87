#ifndef FAAS_TESTING_PRIVATE_HOST_H_
#define FAAS_TESTING_PRIVATE_HOST_H_

#include <functional>
#include <string>

namespace faas::testing {

// Runs `body` in a child process that has the machine to itself, as far as
// faasd is concerned, and returns its exit code:
//
//   network   its own, with nothing but lo: 10.0.0.0/24 and port 80 are free
//   processes its own; all of them end when `body` has returned
//   mounts    its own; /run is empty, /var/lib is an empty directory
//   cgroups   its own root in every hierarchy
//
// After that the machine is as it was, also when `body` crashed or was killed
// by a signal to this process. Needs root. Where it cannot be had, `body` runs
// in this process and gets the reason; otherwise the reason is empty. Call it
// before there are threads.
int RunOnPrivateHost(const std::function<int(const std::string& reason)>& body);

// A directory for the test's files, short enough for unix sockets below it;
// removed at the end. Empty where there is no private host.
std::string PrivateHostDirectory();

}  // namespace faas::testing

#endif  // FAAS_TESTING_PRIVATE_HOST_H_
