#include "runnerd/profile/seccomp_profile.h"

#include <linux/sched.h>
#include <sys/personality.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "runnerd/profile/system_calls.h"

namespace faas::runnerd {
namespace {

using nlohmann::json;

#if defined(__x86_64__)
constexpr char kArchitecture[] = "SCMP_ARCH_X86_64";
#elif defined(__aarch64__)
constexpr char kArchitecture[] = "SCMP_ARCH_AARCH64";
#else
#error "Which libseccomp architecture is this?"
#endif

constexpr uint64_t kNamespaceFlags =
    CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
    CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

// The requests of ioctl for network devices and routes are 0x8900 to 0x89ff
// (ioctl_list(2)). They are denied, because with the client's socket a
// container would reach the host's network by them.
constexpr uint64_t kSocketIoctls = 0x8900;
constexpr uint64_t kIoctlTypeBits = 0xff00;

// The values of personality(2) that are allowed: those of Linux, and the one
// that only asks for the current value.
constexpr uint64_t kUname26 = UNAME26;
constexpr uint64_t kPersonalities[] = {PER_LINUX, PER_LINUX32,
                                       kUname26 | PER_LINUX,
                                       kUname26 | PER_LINUX32, 0xffffffff};

constexpr int kInternetFamilies[] = {AF_INET, AF_INET6, AF_NETLINK};

json Allow(json names) {
  return {{"names", std::move(names)}, {"action", "SCMP_ACT_ALLOW"}};
}

json Fail(json names, int error) {
  return {{"names", std::move(names)},
          {"action", "SCMP_ACT_ERRNO"},
          {"errnoRet", error}};
}

// Returns `rule` for calls whose argument `index` is `value`.
json Where(json rule, int index, uint64_t value) {
  rule["args"] = {{{"index", index}, {"value", value}, {"op", "SCMP_CMP_EQ"}}};
  return rule;
}

// Returns `rule` for calls in whose argument `index` the bits of `mask` are
// `value`.
json WhereBits(json rule, int index, uint64_t mask, uint64_t value) {
  rule["args"] = {{{"index", index},
                   {"value", mask},
                   {"valueTwo", value},
                   {"op", "SCMP_CMP_MASKED_EQ"}}};
  return rule;
}

json WhereNot(json rule, int index, uint64_t value) {
  rule["args"] = {{{"index", index}, {"value", value}, {"op", "SCMP_CMP_NE"}}};
  return rule;
}

bool Has(const SeccompOptions& options, absl::string_view capability) {
  return std::find(options.capabilities.begin(), options.capabilities.end(),
                   capability) != options.capabilities.end();
}

json PlainCalls(const SeccompOptions& options) {
  json names = kAllowedCalls;
  if (options.host_network) {
    for (const char* call : kHostNetworkCalls) names.push_back(call);
  }
  for (const CapabilityCall& entry : kCapabilityCalls) {
    if (Has(options, entry.capability)) names.push_back(entry.call);
  }
  return Allow(std::move(names));
}

void AddSockets(const SeccompOptions& options, json& rules) {
  const json calls = {"socket", "socketpair"};
  rules.push_back(Where(Allow(calls), 0, AF_UNIX));
  if (options.host_network) {
    for (const int family : kInternetFamilies) {
      rules.push_back(Where(Allow(calls), 0, family));
    }
  } else {
    // A kernel without the family fails in the same way, and programs handle
    // that.
    rules.push_back(WhereNot(Fail(calls, EAFNOSUPPORT), 0, AF_UNIX));
  }
}

void AddIoctl(const SeccompOptions& options, json& rules) {
  if (options.host_network) {
    rules.push_back(Allow({"ioctl"}));
    return;
  }
  // There is no rule for "the masked bits are not this value". But there is one
  // for "this bit differs", and a rule for each bit has the same effect.
  for (uint64_t bit = 0x100; bit <= 0x8000; bit <<= 1) {
    rules.push_back(WhereBits(Allow({"ioctl"}), 1, bit, ~kSocketIoctls & bit));
  }
  static_assert((kSocketIoctls & ~kIoctlTypeBits) == 0);
}

}  // namespace

json SeccompProfile(const SeccompOptions& options) {
  json rules = json::array();
  rules.push_back(PlainCalls(options));
  rules.push_back(Fail(kAbsentCalls, ENOSYS));
  AddSockets(options, rules);
  AddIoctl(options, rules);
  for (const uint64_t value : kPersonalities) {
    rules.push_back(Where(Allow({"personality"}), 0, value));
  }
  rules.push_back(Has(options, "CAP_SYS_ADMIN")
                      ? Allow({"clone"})
                      : WhereBits(Allow({"clone"}), 0, kNamespaceFlags, 0));
  return {{"defaultAction", "SCMP_ACT_ERRNO"},
          {"defaultErrnoRet", EPERM},
          {"architectures", {kArchitecture}},
          {"syscalls", std::move(rules)}};
}

}  // namespace faas::runnerd
