// Archives whose bytes are sound, and whose manifest.json or configuration is
// wrong.

#include "absl/strings/str_cat.h"
#include "testing/image_builder.h"
#include "tests/security/archives.h"
#include "tests/security/hostile_case.h"

namespace faas::testing {
namespace {

constexpr char kManifest[] = "MANIFEST";
constexpr char kLimit[] = "LIMIT";
constexpr char kDigest[] = "DIGEST";
constexpr char kConfig[] = "CONFIG";

std::function<std::string()> Manifest(const std::string& text) {
  return [text] { return WithManifest(text); };
}

HostileCase Config(const std::string& name, const std::string& category,
                   const std::function<void(Json&)>& change) {
  return {.name = name, .category = category, .archive = [change] {
            return WithChangedConfig(change);
          }};
}

std::vector<HostileCase> Texts() {
  return {
      {.name = "ManifestAbsent",
       .category = kManifest,
       .archive =
           [] {
             return MakeTar({DirectoryEntry("etc"), FileEntry("etc/a", "")});
           },
       .says = "manifest.json not found",
       .also_new = true},
      {.name = "ManifestEmpty", .category = kManifest, .archive = Manifest("")},
      {.name = "ManifestNull",
       .category = kManifest,
       .archive = Manifest("null")},
      {.name = "ManifestOfNoImage",
       .category = kManifest,
       .archive = Manifest("[]")},
      {.name = "ManifestIsNoList",
       .category = kManifest,
       .archive = Manifest("{}")},
      {.name = "ManifestOfNull",
       .category = kManifest,
       .archive = Manifest("[null]")},
      {.name = "ManifestNotJson",
       .category = kManifest,
       .archive = Manifest("[{\"Config\": \"\x1b[31m"),
       .also_new = true},
      {.name = "ManifestNotUtf8",
       .category = kManifest,
       .archive = Manifest("[{\"Config\":\"\xff\xfe\"}]")},
      {.name = "ManifestNested",
       .category = kLimit,
       .archive = Manifest(std::string(10'000, '[') + std::string(10'000, ']')),
       .says = "max_json_depth"},
      {.name = "ManifestOfManyValues",
       .category = kLimit,
       .archive =
           [] {
             std::string text = "[0";
             for (int i = 0; i < 200'000; ++i) text += ",0";
             return WithManifest(text + "]");
           },
       .says = "max_json_values"},
      {.name = "ManifestTooLarge",
       .category = kLimit,
       .archive =
           [] {
             return WithManifest(
                 absl::StrCat("[\"", std::string(5 << 20, 'x'), "\"]"));
           },
       .says = "max_json_bytes"},
      {.name = "ManyDocuments",
       .category = kLimit,
       .archive =
           [] {
             ArchiveMembers members = GoodMembers();
             const std::string text =
                 absl::StrCat("[\"", std::string(3 << 20, 'x'), "\"]");
             for (int i = 0; i < 6; ++i) {
               members.push_back(FileEntry(absl::StrCat(i, ".json"), text));
             }
             return MakeTar(members);
           },
       .says = "max_json_bytes"},
      {.name = "LastManifestCounts",
       .category = kManifest,
       .archive =
           [] {
             ArchiveMembers members = GoodMembers();
             members.push_back(FileEntry("manifest.json", "[]"));
             return MakeTar(members);
           }},
      {.name = "SeveralImagesAndNoReference",
       .category = kManifest,
       .archive =
           [] {
             return WithChangedManifest([](Json& manifest) {
               manifest.push_back(manifest[0]);
               manifest[0]["RepoTags"] = {"\x1b]0;title\x07\nfaas: done"};
             });
           },
       .says = "\\x1b]0;title\\x07\\x0afaas: done"},
  };
}

std::vector<HostileCase> Configs() {
  return {
      {.name = "ConfigNotJson",
       .category = kConfig,
       .archive = [] { return WithConfig("{\"config\":"); }},
      {.name = "ConfigIsNoObject",
       .category = kConfig,
       .archive = [] { return WithConfig("[1]"); }},
      {.name = "ConfigNested",
       .category = kLimit,
       .archive =
           [] { return WithConfig("{\"config\":" + std::string(10'000, '[')); },
       .says = "max_json_depth"},
      {.name = "ConfigIsALayer",
       .category = kConfig,
       .archive =
           [] {
             return WithChangedManifest([](Json& manifest) {
               manifest[0]["Config"] = manifest[0]["Layers"][0];
             });
           }},
      Config("NoCommand", kConfig,
             [](Json& config) { config["config"].erase("Cmd"); }),
      Config("CommandIsNoText", kConfig,
             [](Json& config) {
               config["config"]["Cmd"] = {1, 2};
             }),
      Config("CommandWithNul", kConfig,
             [](Json& config) {
               config["config"]["Cmd"] = {std::string("/victim\0x", 9)};
             }),
      Config("UserIsNoText", kConfig,
             [](Json& config) { config["config"]["User"] = {"a"}; }),
      Config("LabelIsNoText", kConfig,
             [](Json& config) {
               config["config"]["Labels"] = {{"a", 1}};
             }),
      Config("LabelsOfMebibytes", kLimit,
             [](Json& config) {
               config["config"]["Labels"] = {{"a", std::string(1 << 20, 'x')}};
             }),
      Config("OtherSystem", "UNSUPPORTED",
             [](Json& config) { config["os"] = "windows\x1b[2J"; }),
      Config("DiffIdOfAnotherAlgorithm", kDigest,
             [](Json& config) {
               config["rootfs"]["diff_ids"][0] =
                   "sha512:" + std::string(128, 'a');
             }),
      Config("DiffIdOfControlCharacters", kDigest,
             [](Json& config) {
               config["rootfs"]["diff_ids"][0] = "\x1b[2J\r\nfaas: done";
             }),
      Config("DiffIdOfManyBytes", kDigest,
             [](Json& config) {
               config["rootfs"]["diff_ids"][0] = std::string(100'000, '\x01');
             }),
  };
}

}  // namespace

std::vector<HostileCase> ManifestCases() {
  std::vector<HostileCase> cases = Texts();
  const std::vector<HostileCase> configs = Configs();
  cases.insert(cases.end(), configs.begin(), configs.end());
  return cases;
}

}  // namespace faas::testing
