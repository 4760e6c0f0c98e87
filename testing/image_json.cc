#include "testing/image_json.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace faas::testing {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kCreated[] = "1970-01-01T00:00:01Z";

// Splits "name:tag". A ":" may also be in a registry's "host:port/".
std::pair<std::string, std::string> SplitTag(const std::string& tag) {
  const size_t colon = tag.rfind(':');
  if (colon == std::string::npos || tag.find('/', colon) != std::string::npos) {
    return {tag, "latest"};
  }
  return {tag.substr(0, colon), tag.substr(colon + 1)};
}

Json OrNull(const std::vector<std::string>& values) {
  return values.empty() ? Json(nullptr) : Json(values);
}

Json Labels(const ImageSettings& settings) {
  return settings.labels.empty() ? Json(nullptr) : Json(settings.labels);
}

Json ClassicSettings(const ImageSettings& settings) {
  Json config = {
      {"Hostname", ""},       {"Domainname", ""},      {"User", settings.user},
      {"AttachStdin", false}, {"AttachStdout", false}, {"AttachStderr", false},
      {"Tty", false},         {"OpenStdin", false},    {"StdinOnce", false},
  };
  config["Env"] = OrNull(settings.env);
  config["Cmd"] = OrNull(settings.cmd);
  config["Image"] = "";
  config["Volumes"] = nullptr;
  config["WorkingDir"] = settings.working_dir;
  config["Entrypoint"] = OrNull(settings.entrypoint);
  config["OnBuild"] = nullptr;
  config["Labels"] = Labels(settings);
  if (!settings.stop_signal.empty()) {
    config["StopSignal"] = settings.stop_signal;
  }
  return config;
}

Json BuildKitSettings(const ImageSettings& settings) {
  Json config = Json::object();
  auto set = [&config](const char* name, const auto& value) {
    if (!value.empty()) config[name] = value;
  };
  set("User", settings.user);
  set("Env", settings.env);
  set("Entrypoint", settings.entrypoint);
  set("Cmd", settings.cmd);
  set("WorkingDir", settings.working_dir);
  set("Labels", settings.labels);
  set("StopSignal", settings.stop_signal);
  return config;
}

Json History(size_t layers) {
  Json history = Json::array();
  for (size_t i = 0; i < layers; ++i) {
    history.push_back({{"created", kCreated},
                       {"created_by", absl::StrCat("COPY layer ", i, " /")}});
  }
  // Docker's histories have entries without a layer, too.
  history.push_back(
      {{"created", kCreated}, {"created_by", "CMD"}, {"empty_layer", true}});
  return history;
}

Json RootFs(const std::vector<std::string>& diff_ids) {
  return {{"type", "layers"}, {"diff_ids", diff_ids}};
}

Json Descriptor(const Blob& blob) {
  return {{"mediaType", blob.media_type},
          {"digest", absl::StrCat("sha256:", blob.hex)},
          {"size", blob.size}};
}

}  // namespace

std::string ClassicConfigJson(const ImageSettings& settings,
                              const std::vector<std::string>& diff_ids) {
  const Json image = {{"architecture", settings.architecture},
                      {"config", ClassicSettings(settings)},
                      {"container_config", ClassicSettings(ImageSettings())},
                      {"created", kCreated},
                      {"docker_version", "20.10.24"},
                      {"history", History(diff_ids.size())},
                      {"os", settings.os},
                      {"rootfs", RootFs(diff_ids)}};
  return image.dump();
}

std::string BuildKitConfigJson(const ImageSettings& settings,
                               const std::vector<std::string>& diff_ids) {
  const Json image = {{"architecture", settings.architecture},
                      {"config", BuildKitSettings(settings)},
                      {"created", kCreated},
                      {"history", History(diff_ids.size())},
                      {"os", settings.os},
                      {"rootfs", RootFs(diff_ids)}};
  return image.dump();
}

std::string LegacyImageJson(const std::string& id, const std::string& parent,
                            const ImageSettings* settings) {
  Json image = {{"id", id}};
  if (!parent.empty()) image["parent"] = parent;
  image["created"] = settings == nullptr ? "1970-01-01T00:00:00Z" : kCreated;
  image["container_config"] = ClassicSettings(ImageSettings());
  if (settings != nullptr) {
    image["config"] = ClassicSettings(*settings);
    image["architecture"] = settings->architecture;
  }
  image["os"] = "linux";
  return image.dump();
}

std::string ManifestJson(const std::string& config_path,
                         const std::vector<std::string>& tags,
                         const std::vector<std::string>& layer_paths,
                         const std::vector<std::string>& diff_ids,
                         const std::vector<Blob>& sources) {
  Json item = {{"Config", config_path},
               {"RepoTags", OrNull(tags)},
               {"Layers", layer_paths}};
  for (size_t i = 0; i < sources.size(); ++i) {
    item["LayerSources"][diff_ids[i]] = Descriptor(sources[i]);
  }
  return Json::array({item}).dump() + "\n";
}

std::string RepositoriesJson(const std::vector<std::string>& tags,
                             const std::string& top) {
  Json repositories = Json::object();
  for (const std::string& reference : tags) {
    const auto [name, tag] = SplitTag(reference);
    repositories[name][tag] = top;
  }
  return repositories.dump() + "\n";
}

std::string OciManifestJson(const Blob& config,
                            const std::vector<Blob>& layers) {
  Json manifest = {{"schemaVersion", 2},
                   {"mediaType", "application/vnd.oci.image.manifest.v1+json"},
                   {"config", Descriptor(config)},
                   {"layers", Json::array()}};
  for (const Blob& layer : layers) {
    manifest["layers"].push_back(Descriptor(layer));
  }
  return manifest.dump();
}

std::string OciIndexJson(const Blob& manifest,
                         const std::vector<std::string>& tags,
                         const ImageSettings& settings) {
  Json entries = Json::array();
  for (const std::string& reference : tags) {
    const auto [name, tag] = SplitTag(reference);
    const std::string domain =
        absl::StrContains(name, '/') ? "" : "docker.io/library/";
    Json entry = Descriptor(manifest);
    entry["annotations"] = {
        {"io.containerd.image.name", absl::StrCat(domain, name, ":", tag)},
        {"org.opencontainers.image.ref.name", tag}};
    entry["platform"] = {{"architecture", settings.architecture},
                         {"os", settings.os}};
    entries.push_back(entry);
  }
  if (tags.empty()) entries.push_back(Descriptor(manifest));
  const Json index = {{"schemaVersion", 2},
                      {"mediaType", "application/vnd.oci.image.index.v1+json"},
                      {"manifests", entries}};
  return index.dump();
}

std::string SkopeoIndexJson(const Blob& manifest,
                            const std::vector<std::string>& tags) {
  Json entries = Json::array();
  for (const std::string& tag : tags) {
    Json entry = Descriptor(manifest);
    entry["annotations"] = {{"org.opencontainers.image.ref.name", tag}};
    entries.push_back(entry);
  }
  if (tags.empty()) entries.push_back(Descriptor(manifest));
  return Json({{"schemaVersion", 2}, {"manifests", entries}}).dump();
}

}  // namespace faas::testing
