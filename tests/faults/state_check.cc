#include "tests/faults/state_check.h"

#include <arpa/inet.h>
#include <ifaddrs.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "testing/command.h"

namespace faas::testing {
namespace {

namespace stdfs = std::filesystem;
using nlohmann::json;

using Names = std::set<std::string>;

constexpr const char* kDigestPrefix = "sha256:";

json ReadJson(const std::string& path) {
  std::ifstream file(path);
  return json::parse(file, nullptr, /*allow_exceptions=*/false);
}

Names EntriesOf(const std::string& directory) {
  Names names;
  std::error_code error;
  for (const auto& entry : stdfs::directory_iterator(directory, error)) {
    names.insert(entry.path().filename());
  }
  return names;
}

// Adds a line if `found` is not `expected`.
void Compare(const std::string& what, const Names& expected, const Names& found,
             std::string* problems) {
  if (found == expected) return;
  absl::StrAppend(problems, what, " has {", absl::StrJoin(found, ", "),
                  "} instead of {", absl::StrJoin(expected, ", "), "}\n");
}

Names LayersInUse(const Functions& functions) {
  Names layers;
  for (const auto& [name, function] : functions) {
    for (const std::string& id : function.layers) {
      layers.insert(id.substr(std::string(kDigestPrefix).size()));
    }
  }
  return layers;
}

// Returns the revisions that belong into <state_dir>/secrets.
Names RevisionsWithSecrets(const Functions& functions) {
  Names revisions;
  for (const auto& [name, function] : functions) {
    if (!function.secrets.empty()) revisions.insert(function.revision_id);
  }
  return revisions;
}

void CheckSecrets(const std::string& state_dir, const Functions& functions,
                  std::string* problems) {
  const std::string secrets = state_dir + "/secrets";
  Compare("secrets", RevisionsWithSecrets(functions), EntriesOf(secrets),
          problems);
  for (const auto& [name, function] : functions) {
    if (function.secrets.empty()) continue;
    Compare(absl::StrCat("the secrets of ", name),
            Names(function.secrets.begin(), function.secrets.end()),
            EntriesOf(absl::StrCat(secrets, "/", function.revision_id)),
            problems);
  }
}

void CheckRegistry(const std::string& state_dir, std::string* problems) {
  if (ReadJson(state_dir + "/registry.json").is_discarded()) {
    absl::StrAppend(problems, "registry.json is not JSON\n");
  }
}

void CheckRecord(const std::string& path, const std::string& name,
                 std::string* problems) {
  const json record = ReadJson(path + "/layer.json");
  if (record.is_discarded() ||
      record.at("layer").at("content_id") != kDigestPrefix + name) {
    absl::StrAppend(problems, path, "/layer.json is not the layer's record\n");
  }
}

void CheckLayer(const std::string& path, const std::string& name,
                std::string* problems) {
  Compare(path, {"checkpoints", "layer.json", "tree"}, EntriesOf(path),
          problems);
  CheckRecord(path, name, problems);
  if (!stdfs::is_directory(path + "/tree")) {
    absl::StrAppend(problems, path, "/tree is no directory\n");
  }
}

// Returns the addresses that gatewayd has put on lo.
Names AddressesOnLo() {
  Names addresses;
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return addresses;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || entry->ifa_addr->sa_family != AF_INET ||
        std::string(entry->ifa_name) != "lo:faas") {
      continue;
    }
    char text[INET_ADDRSTRLEN];
    const auto* address = reinterpret_cast<sockaddr_in*>(entry->ifa_addr);
    inet_ntop(AF_INET, &address->sin_addr, text, sizeof(text));
    addresses.insert(text);
  }
  freeifaddrs(list);
  return addresses;
}

}  // namespace

Functions StoredFunctions(const std::string& state_dir) {
  Functions result;
  const json registry = ReadJson(state_dir + "/registry.json");
  if (registry.is_discarded()) return result;
  for (const json& stored : registry.value("functions", json::array())) {
    StoredFunction& function = result[stored.at("name")];
    function.address = stored.at("address");
    // In proto3's JSON, 64-bit numbers are strings.
    function.revision = std::stoi(stored.at("revision").get<std::string>());
    function.revision_id = stored.at("revision_id");
    for (const json& layer : stored.at("image").at("layers")) {
      function.layers.push_back(layer.at("content_id"));
    }
    const json::json_pointer secrets("/options/container/secrets");
    function.secrets = stored.value(secrets, std::vector<std::string>());
  }
  return result;
}

std::string StoreProblems(const std::string& state_dir) {
  std::string problems;
  CheckRegistry(state_dir, &problems);
  Names top = EntriesOf(state_dir);
  for (const char* daemon : {"registryd", "runnerd"}) {
    top.erase(absl::StrCat(daemon, ".lock"));
  }
  top.erase("registry.json");
  top.erase("token");
  Compare(state_dir,
          {"bundles", "images", "layers", "scaffold", "secrets", "staging"},
          top, &problems);
  CheckSecrets(state_dir, StoredFunctions(state_dir), &problems);
  Compare("staging", {}, EntriesOf(state_dir + "/staging"), &problems);
  const Names layers = EntriesOf(state_dir + "/layers");
  for (const std::string& name : layers) {
    CheckLayer(absl::StrCat(state_dir, "/layers/", name), name, &problems);
  }
  for (const std::string& used : LayersInUse(StoredFunctions(state_dir))) {
    if (layers.count(used) > 0) continue;
    absl::StrAppend(&problems, "layer ", used, " is missing\n");
  }
  return problems;
}

std::string PlatformProblems(const Platform& platform) {
  const std::string& state_dir = platform.state_dir();
  std::string problems = StoreProblems(state_dir);
  const auto functions = StoredFunctions(state_dir);
  Compare("layers", LayersInUse(functions), EntriesOf(state_dir + "/layers"),
          &problems);
  Names names, addresses, mounts = {state_dir + "/bundles"};
  for (const auto& [name, function] : functions) {
    const std::string images = absl::StrCat(state_dir, "/images/", name);
    names.insert(name);
    addresses.insert(function.address);
    const std::string revision =
        absl::StrCat(images, "/", function.revision_id);
    mounts.insert(revision + "/rootfs");
    if (!function.secrets.empty()) mounts.insert(revision + "/secrets");
    Compare(images, {"rootfs", function.revision_id}, EntriesOf(images),
            &problems);
  }
  Compare("images", names, EntriesOf(state_dir + "/images"), &problems);
  Compare("lo", addresses, AddressesOnLo(), &problems);
  Compare("bundles", {}, EntriesOf(state_dir + "/bundles"), &problems);
  const std::vector<std::string> mounted = platform.Count().mounts;
  Compare("mounts", mounts, Names(mounted.begin(), mounted.end()), &problems);
  return problems;
}

std::string PowerCutProblems(const std::string& state_dir,
                             const std::string& live) {
  std::string problems;
  CheckRegistry(state_dir, &problems);
  for (const std::string& layer : LayersInUse(StoredFunctions(state_dir))) {
    const std::string path = "/layers/" + layer;
    // The record may just have been rewritten; the rest may not.
    CheckRecord(state_dir + path, layer, &problems);
    for (const char* part : {"/tree", "/checkpoints"}) {
      const CommandResult compared =
          RunCommand({"diff", "-r", "-q", "--no-dereference",
                      state_dir + path + part, live + path + part});
      if (compared.exit_code == 0) continue;
      absl::StrAppend(&problems, compared.out, compared.err);
    }
  }
  return problems;
}

}  // namespace faas::testing
