#include "registryd/flags.h"

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/rpc/api_flags.h"
#include "registryd/image_limit_flags.h"

ABSL_FLAG(std::string, state_dir, "/var/lib/faasd",
          "The directory in which functions and their images are kept.");
ABSL_FLAG(std::string, run_dir, "/run/faasd",
          "The directory in which the daemons' sockets are.");
ABSL_FLAG(std::string, control_listen, "127.0.0.1:8080",
          "The HOST:PORT on which the control API listens in addition to the "
          "unix socket. \"systemd\" takes the socket \"control\" of a .socket "
          "unit; an empty value opens no port. On a loopback address each call "
          "needs the token; on any other, each client needs a certificate.");
ABSL_FLAG(std::string, token_file, "",
          "The file that holds the control API's token. It is created if it "
          "does not exist, and only root may read it. By default "
          "<state_dir>/token.");
ABSL_FLAG(std::string, tls_cert, "",
          "The control API's certificate, as a PEM file. With it, clients show "
          "certificates instead of the token.");
ABSL_FLAG(std::string, tls_key, "",
          "The private key of --tls_cert, as a PEM file.");
ABSL_FLAG(std::string, tls_client_ca, "",
          "The certificate authority that must have signed the certificates "
          "of the control API's clients, as a PEM file.");
ABSL_FLAG(std::vector<std::string>, read_only_uids, {},
          "User ids, separated by commas, that may follow the functions over "
          "the unix socket but change nothing, whatever groups they are in.");
ABSL_FLAG(absl::Duration, stop_timeout, absl::Seconds(10),
          "How long calls may go on after SIGTERM before they are cancelled.");
ABSL_FLAG(uint32_t, id_base, 100000,
          "The host's user and group id for the root of containers. It is "
          "added to the owners of an image's files; containers have the 65,536 "
          "ids from there on, in a user namespace. 0 adds nothing and uses no "
          "user namespace. runnerd must have the same value.");
ABSL_FLAG(absl::Duration, layer_grace, absl::Hours(1),
          "How long a layer that no function uses is kept.");
ABSL_FLAG(uint64_t, store_quota, 0,
          "How many bytes all layers together may take on disk. 0 means no "
          "quota.");
ABSL_FLAG(uint64_t, store_reserve, uint64_t{1} << 30,
          "How many bytes a deploy leaves free on the store's file system.");
ABSL_FLAG(std::string, extractor, "",
          "The program that unpacks images. By default it is the one beside "
          "registryd.");
ABSL_FLAG(int, parent_pid, 0,
          "The process id of the parent with which registryd ends. 0 means "
          "none.");

namespace faas::registryd {
namespace {

// The number of user and group ids in a container's user namespace; runnerd
// maps as many.
constexpr uint32_t kContainerIds = 65536;

absl::StatusOr<image::Limits> ReadImageLimits(uint32_t id_base) {
  ASSIGN_OR_RETURN(image::Limits limits, ImageLimitsFromFlags());
  // The id after those of containers is the extractor's, and the very last one
  // stands for no user.
  if (id_base > ~uint32_t{0} - kContainerIds - 1) {
    return absl::InvalidArgumentError(absl::StrCat("--id_base=", id_base,
                                                   " leaves no room for ",
                                                   kContainerIds + 1, " ids"));
  }
  if (id_base > 0) limits.ids = kContainerIds;
  return limits;
}

absl::StatusOr<std::vector<uid_t>> ReadReadOnlyUids() {
  std::vector<uid_t> uids;
  for (const std::string& text : absl::GetFlag(FLAGS_read_only_uids)) {
    uint32_t uid;
    if (!absl::SimpleAtoi(text, &uid)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--read_only_uids: \"", text, "\" is no number"));
    }
    uids.push_back(uid);
  }
  return uids;
}

}  // namespace

absl::StatusOr<Flags> ReadFlags() {
  Flags flags;
  flags.state_dir = absl::GetFlag(FLAGS_state_dir);
  flags.run_dir = absl::GetFlag(FLAGS_run_dir);
  flags.parent_pid = absl::GetFlag(FLAGS_parent_pid);
  flags.stop_timeout = absl::GetFlag(FLAGS_stop_timeout);
  flags.control_listen = absl::GetFlag(FLAGS_control_listen);
  flags.token_file = absl::GetFlag(FLAGS_token_file);
  if (flags.token_file.empty()) flags.token_file = flags.state_dir + "/token";
  flags.tls_cert = absl::GetFlag(FLAGS_tls_cert);
  flags.tls_key = absl::GetFlag(FLAGS_tls_key);
  flags.tls_client_ca = absl::GetFlag(FLAGS_tls_client_ca);
  flags.id_base = absl::GetFlag(FLAGS_id_base);
  flags.extractor = absl::GetFlag(FLAGS_extractor);
  flags.layer_grace = absl::GetFlag(FLAGS_layer_grace);
  flags.store_quota = absl::GetFlag(FLAGS_store_quota);
  flags.store_reserve = absl::GetFlag(FLAGS_store_reserve);
  ASSIGN_OR_RETURN(flags.image_limits, ReadImageLimits(flags.id_base));
  ASSIGN_OR_RETURN(flags.api_limits, rpc::LimitsFromFlags());
  ASSIGN_OR_RETURN(flags.group,
                   rpc::GroupFromFlags(/*supervised=*/flags.parent_pid != 0));
  ASSIGN_OR_RETURN(flags.read_only_uids, ReadReadOnlyUids());
  return flags;
}

}  // namespace faas::registryd
