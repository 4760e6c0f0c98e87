#include "function/option_table.h"

#include "absl/strings/str_cat.h"

namespace faas::function {
namespace {

using Kind = OptionKind;

constexpr OptionGroup kServing = OptionGroup::kConnections;
constexpr OptionGroup kContainer = OptionGroup::kContainer;

constexpr uint64_t kKi = uint64_t{1} << 10;
constexpr uint64_t kMi = uint64_t{1} << 20;
constexpr uint64_t kTi = uint64_t{1} << 40;
constexpr uint64_t kDayMs = 24 * 60 * 60 * 1000;

// The limits here only keep typing errors out. The limits of a host are
// runnerd's flags.
constexpr Option kOptions[] = {
    {.name = "protocol",
     .kind = Kind::kChoice,
     .group = kServing,
     .field = "protocol",
     .form = "http|tcp",
     .label = "Protocol",
     .shown = "$0",
     .standard = "http",
     .help = "The protocol that clients speak. With http, a connection gets a "
             "container when the client has sent something, and the platform "
             "answers errors in HTTP. With tcp, the function may speak first: "
             "a connection gets a container at once, and the platform closes "
             "connections that it cannot serve."},
    {.name = "warm",
     .kind = Kind::kWarm,
     .group = kServing,
     .field = "warm.spares",
     .form = "N|auto",
     .most = 1024,
     .label = "Warm",
     .shown = "$0",
     .standard = "none",
     .help = "The number of warm instances: containers that start before "
             "there is a connection for them. With auto, the number follows "
             "the demand."},
    {.name = "idle-after",
     .kind = Kind::kDuration,
     .group = kServing,
     .field = "warm.idle_after",
     .form = "TIME",
     .least = 1,
     .most = kDayMs,
     .label = "Idle after",
     .shown = "$0",
     .standard = "runnerd's --idle_after",
     .help = "How long --warm auto keeps warm instances after the last "
             "connection."},
    {.name = "warm-max-age",
     .kind = Kind::kDuration,
     .group = kServing,
     .field = "warm.max_age",
     .form = "TIME",
     .least = 1,
     .most = kDayMs,
     .label = "Warm max age",
     .shown = "$0",
     .standard = "runnerd's --warm_max_age",
     .help = "The age at which a new warm instance replaces an old one."},
    {.name = "max-concurrency",
     .kind = Kind::kCount,
     .group = kServing,
     .field = "max_concurrency",
     .form = "N",
     .most = 65536,
     .label = "Concurrency",
     .shown = "at most $0",
     .standard = "runnerd's --max_concurrency",
     .help = "How many containers may serve connections at the same time."},
    {.name = "max-queued",
     .kind = Kind::kCount,
     .group = kServing,
     .field = "max_queued",
     .form = "N",
     .most = 65536,
     .label = "Queue",
     .shown = "at most $0",
     .standard = "runnerd's --max_queued",
     .help = "How many connections may wait for a container. The platform "
             "answers further ones with 503."},
    {.name = "queue-timeout",
     .kind = Kind::kDuration,
     .group = kServing,
     .field = "queue_timeout",
     .form = "TIME",
     .least = 1,
     .most = kDayMs,
     .label = "Queue time",
     .shown = "$0",
     .standard = "runnerd's --queue_timeout",
     .help = "How long a connection may wait for a container."},
    {.name = "start-timeout",
     .kind = Kind::kDuration,
     .group = kServing,
     .field = "start_timeout",
     .form = "TIME",
     .least = 1,
     .most = kDayMs,
     .label = "Start time",
     .shown = "$0",
     .standard = "runnerd's --start_timeout",
     .help = "How long a handler may take to connect to /control.sock."},
    {.name = "timeout",
     .kind = Kind::kDuration,
     .group = kServing,
     .field = "timeout",
     .form = "TIME",
     .least = 1,
     .most = kDayMs,
     .label = "Timeout",
     .shown = "$0",
     .standard = "runnerd's --request_timeout",
     .help = "How long a container may run once it has its connection."},
    // The runtime starts in the container's cgroup: with less memory, a
    // container does not reach its first instruction.
    {.name = "memory",
     .kind = Kind::kBytes,
     .group = kContainer,
     .field = "container.memory_bytes",
     .form = "SIZE",
     .least = 16 * kMi,
     .most = 16 * kTi,
     .label = "Memory",
     .shown = "$0",
     .standard = "runnerd's --container_memory_bytes",
     .help = "The memory of a container, such as 64Mi. It includes swap and "
             "what the container writes to /tmp."},
    {.name = "cpus",
     .kind = Kind::kCpus,
     .group = kContainer,
     .field = "container.cpu_millis",
     .form = "N",
     .least = 10,
     .most = 1024 * 1000,
     .label = "Processors",
     .shown = "$0",
     .standard = "runnerd's --container_cpus",
     .help = "The processor time of a container: 0.5 is half a processor."},
    {.name = "pids",
     .kind = Kind::kCount,
     .group = kContainer,
     .field = "container.pids",
     .form = "N",
     .least = 2,
     .most = 1 << 20,
     .label = "Processes",
     .shown = "at most $0",
     .standard = "runnerd's --container_pids",
     .help = "How many processes and threads a container may have."},
    {.name = "tmpfs-size",
     .kind = Kind::kBytes,
     .group = kContainer,
     .field = "container.tmpfs_bytes",
     .form = "SIZE",
     .least = 64 * kKi,
     .most = 16 * kTi,
     .label = "Size of /tmp",
     .shown = "$0",
     .standard = "runnerd's --container_tmpfs_bytes",
     .help = "The size of /tmp, and also of /dev/shm."},
    {.name = "writable",
     .kind = Kind::kBytes,
     .group = kContainer,
     .field = "container.writable_bytes",
     .form = "SIZE",
     .least = 64 * kKi,
     .most = 16 * kTi,
     .label = "Writable",
     .shown = "$0",
     .standard = "the root file system is read-only",
     .help = "How much a container may write to its root file system. Each "
             "container has its own copy, in memory, which ends with it."},
    {.name = "user",
     .kind = Kind::kText,
     .group = kContainer,
     .field = "container.user",
     .form = "USER[:GROUP]",
     .label = "Runs as",
     .shown = "$0",
     .standard = "the image's user",
     .help = "The user that runs the handler, instead of the image's user."},
    {.name = "network",
     .kind = Kind::kChoice,
     .group = kContainer,
     .field = "container.network",
     .form = "none|host",
     .label = "Network",
     .shown = "the $0's",
     .standard = "none",
     .help = "The network of a container. With host, it reaches all that "
             "listens on the host."},
    {.name = "cap-add",
     .kind = Kind::kCapabilities,
     .group = kContainer,
     .field = "container.capabilities",
     .form = "CAPABILITY",
     .label = "Capabilities",
     .shown = "$0",
     .standard = "none",
     .help = "A capability of containers, such as SETUID. It may be repeated."},
    {.name = "secret",
     .kind = Kind::kSecrets,
     .group = kContainer,
     .field = "container.secrets",
     .form = "NAME=FILE",
     .most = kMaxSecrets,
     .label = "Secrets",
     .shown = "$0",
     .standard = "none",
     .help = "A file that the handler finds as /run/secrets/NAME. It may be "
             "repeated."},
    {.name = "env",
     .kind = Kind::kVariables,
     .group = kContainer,
     .field = "container.env",
     .form = "NAME=VALUE",
     .most = 256,
     .label = "Sets",
     .shown = "$0",
     .standard = "none",
     .help = "An environment variable; it replaces the image's variable of the "
             "same name. It may be repeated."},
};

}  // namespace

std::string Option::flag() const { return absl::StrCat("--", name); }

std::string Option::path() const { return absl::StrCat("options.", field); }

bool Option::repeated() const {
  return kind == Kind::kVariables || kind == Kind::kSecrets ||
         kind == Kind::kCapabilities;
}

absl::Span<const Option> OptionTable() { return kOptions; }

const Option& FindOption(absl::string_view name) {
  const Option* option = kOptions;
  while (option->name != name) ++option;
  return *option;
}

absl::string_view GroupTitle(OptionGroup group) {
  return group == kServing ? "How connections are served"
                           : "What its containers get";
}

}  // namespace faas::function
