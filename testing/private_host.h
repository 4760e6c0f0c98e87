#ifndef FAAS_TESTING_PRIVATE_HOST_H_
#define FAAS_TESTING_PRIVATE_HOST_H_

#include <functional>
#include <string>

namespace faas::testing {

// Runs `body` in a child process that has the machine to itself, as far as
// faasd is concerned, and returns its exit code. The child has its own
//
//   network    with nothing but lo: 10.0.0.0/24 and port 80 are free
//   processes  all of which end when `body` has returned
//   mounts     where /run is empty and /var/lib is an empty directory
//   cgroups    with a root of its own in every hierarchy
//
// After that the machine is as it was, also when `body` crashed or a signal to
// this process ended it. Needs root. Where a private host is impossible, `body`
// runs in this process and gets the reason; otherwise the reason is empty. Call
// this before there are threads.
int RunOnPrivateHost(const std::function<int(const std::string& reason)>& body);

// Returns a directory for the test's files, short enough for unix sockets below
// it. It is removed at the end. Returns "" where there is no private host.
std::string PrivateHostDirectory();

}  // namespace faas::testing

#endif  // FAAS_TESTING_PRIVATE_HOST_H_
