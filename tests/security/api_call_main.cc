// api_call calls a method of the API with an empty request as another user:
//
//   api_call UID GID[,GID...] SOCKET METHOD
//
// It prints the code and the message of the answer. It is a program of its own,
// because a process takes other ids for good, and must do so before it has
// threads.

#include <grp.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "tests/security/api_call.h"

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  std::vector<gid_t> groups;
  for (absl::string_view text : absl::StrSplit(argv[2], ',')) {
    gid_t group;
    if (!absl::SimpleAtoi(text, &group)) return 2;
    groups.push_back(group);
  }
  uid_t uid;
  if (!absl::SimpleAtoi(argv[1], &uid)) return 2;
  // The first id is the process's own; the others are supplementary.
  const gid_t own = groups[0];
  if (setgroups(groups.size() - 1, groups.data() + 1) != 0 ||
      setresgid(own, own, own) != 0 || setresuid(uid, uid, uid) != 0) {
    std::perror("become another user");
    return 2;
  }
  faas::testing::ApiCall call;
  call.target = std::string("unix:") + argv[3];
  call.method = argv[4];
  const grpc::Status status = faas::testing::CallApi(call);
  std::printf("%s %s\n", faas::testing::CodeName(status).c_str(),
              status.error_message().c_str());
  return 0;
}
