#include "gatewayd/firewall_rule.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "common/base/errno_status.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "common/base/unique_fd.h"
#include "common/fs/file.h"
#include "common/process/run_to_end.h"

namespace faas::gatewayd {
namespace {

// How long nft may take.
constexpr absl::Duration kNftTimeout = absl::Seconds(5);
// How much of nft's error message is read, and how much of that is shown.
constexpr size_t kMaxErrorBytes = 1 << 20;
constexpr size_t kMaxShownBytes = 200;

// Returns what nft has written to `output`, in one line.
std::string Words(int output) {
  if (lseek(output, 0, SEEK_SET) != 0) return "";
  const auto text = fs::ReadFd(output, kMaxErrorBytes);
  if (!text.ok()) return "";
  const std::string line =
      absl::StrReplaceAll(absl::StripSuffix(*text, "\n"), {{"\n", " "}});
  return std::string(base::Truncated(base::Printable(line), kMaxShownBytes));
}

// Runs nft, which executes all of `commands` or, if one fails, none.
absl::Status RunNft(const std::string& commands) {
  const base::UniqueFd output(memfd_create("nft", MFD_CLOEXEC));
  if (!output.valid()) return base::ErrnoStatus("memfd_create");
  ASSIGN_OR_RETURN(const base::UniqueFd nothing, fs::Open("/dev/null", O_RDWR));
  ASSIGN_OR_RETURN(const process::ExitStatus status,
                   process::RunToEnd({.args = {"nft", commands},
                                      .fds = {{STDIN_FILENO, nothing.get()},
                                              {STDOUT_FILENO, output.get()},
                                              {STDERR_FILENO, output.get()}}},
                                     kNftTimeout));
  if (status.code == 0) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("nft: ", Words(output.get())));
}

// Returns commands that remove the table whether it is there or not: to delete
// a table that is not there is an error, to add one that is there is not.
std::string Without(const std::string& table) {
  return absl::StrFormat("add table inet %s\ndelete table inet %s\n", table,
                         table);
}

}  // namespace

// The first segment of a connection has SYN without ACK, with fast open too.
// The rule answers it with a reset, so that the attempt fails at once.
absl::Status SetFirewallRule(const std::string& table, uint32_t mark) {
  return RunNft(absl::StrFormat(
      "%s"
      "table inet %s {\n"
      "  chain output {\n"
      "    type filter hook output priority 0; policy accept;\n"
      "    meta mark 0x%x tcp flags & (syn|ack) == syn reject with tcp reset\n"
      "  }\n"
      "}\n",
      Without(table), table, mark));
}

absl::Status RemoveFirewallRule(const std::string& table) {
  return RunNft(Without(table));
}

}  // namespace faas::gatewayd
