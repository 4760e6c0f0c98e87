#include "tests/faithfulness/test_images.h"

#include <fcntl.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "testing/command.h"
#include "testing/image_builder.h"
#include "testing/python_root.h"
#include "testing/runfile.h"
#include "testing/tar_writer.h"
#include "tests/faithfulness/odd_layers.h"

namespace faas::testing {
namespace {

// The exit code of a script that lacks what it needs; 127 is the shell's.
constexpr int kMissing = 77;
constexpr int kNoProgram = 127;
constexpr size_t kLimitBytes = size_t{2} << 30;

absl::Status Run(const std::vector<std::string>& argv,
                 const std::vector<std::string>& env = {}) {
  const CommandResult result =
      RunCommand(argv, "", {.env = env, .timeout = absl::Minutes(4)});
  if (result.exit_code == 0) return absl::OkStatus();
  const absl::string_view said = absl::StripTrailingAsciiWhitespace(result.err);
  if (result.exit_code == kMissing) return absl::UnavailableError(said);
  if (result.exit_code == kNoProgram) {
    return absl::UnavailableError(absl::StrCat(argv[0], " is not installed"));
  }
  return absl::InternalError(
      absl::StrCat(argv[0], " ended with ", result.exit_code, ": ", said));
}

absl::Status WriteFile(const std::string& path, absl::string_view data) {
  ASSIGN_OR_RETURN(const base::UniqueFd fd,
                   fs::Open(path, O_WRONLY | O_CREAT | O_TRUNC));
  return fs::WriteFd(fd.get(), data);
}

// Returns the directory of a Debian, or null.
const char* DebianRoot() {
  const char* const root = std::getenv("FAAS_DEBIAN_ROOT");
  return root == nullptr || *root == '\0' ? nullptr : root;
}

// Returns as much of a root file system as files.sh needs.
std::string SmallRoot() {
  return MakeTar({DirectoryEntry("etc/"),
                  FileEntry("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"),
                  DirectoryEntry("usr/"), DirectoryEntry("usr/bin/"),
                  SymlinkEntry("bin", "usr/bin"), DirectoryEntry("tmp/", 01777),
                  DirectoryEntry("root/", 0700)});
}

// Returns the tar of the tools' lowest layer, which is made once.
absl::StatusOr<std::string> RootTar(const std::string& directory) {
  static std::string* const path = new std::string;
  if (!path->empty()) return *path;
  const std::string tar = directory + "/root.tar";
  if (DebianRoot() != nullptr) {
    std::printf("the images stand on the Debian in %s\n", DebianRoot());
    // Images bring no device nodes.
    RETURN_IF_ERROR(
        Run({"tar", "-C", DebianRoot(), "-cf", tar, "--format=posix",
             "--xattrs", "--xattrs-include=*", "--exclude=./dev/*", "."}));
  } else {
    std::printf(
        "the images stand on this machine's Python, or on next to nothing; "
        "set FAAS_DEBIAN_ROOT to the directory of a debootstrap for more\n");
    RETURN_IF_ERROR(WriteFile(tar, SmallRoot()));
  }
  return *path = tar;
}

absl::Status RunScript(const std::string& name, const std::string& out,
                       const std::string& directory,
                       const std::vector<std::string>& env = {}) {
  RETURN_IF_ERROR(fs::MakeDirectories(out, 0755));
  ASSIGN_OR_RETURN(const std::string root_tar, RootTar(directory));
  const std::string script =
      absl::StrCat("tests/faithfulness/images/", name, ".sh");
  return Run({Runfile(script), root_tar, out}, env);
}

absl::Status BuildByHand(const std::string& out, const std::string& directory) {
  RETURN_IF_ERROR(RunScript("tar", out, directory));
  ASSIGN_OR_RETURN(const std::string root_tar, RootTar(directory));
  ASSIGN_OR_RETURN(std::string root, DebianRoot() == nullptr
                                         ? PythonRootLayer()
                                         : fs::ReadFile(root_tar, kLimitBytes));
  ASSIGN_OR_RETURN(std::string files,
                   fs::ReadFile(out + "/files.tar", kLimitBytes));
  ImageBuilder builder;
  builder.AddLayer(std::move(root)).AddLayer(std::move(files));
  for (std::string& layer : OddLayers()) builder.AddLayer(std::move(layer));
  ImageSettings settings;
  settings.cmd = {"/bin/true"};
  builder.SetSettings(settings).AddTag("odd:latest");
  const std::map<std::string, Layout> layouts = {
      {"docker20", Layout::kDocker20},
      {"docker25", Layout::kDocker25},
      {"containerd", Layout::kContainerd}};
  for (const auto& [name, layout] : layouts) {
    RETURN_IF_ERROR(
        WriteFile(absl::StrCat(out, "/", name, ".tar"), builder.Save(layout)));
  }
  return absl::OkStatus();
}

absl::Status Build(const std::string& tool, const std::string& out,
                   const std::string& directory) {
  if (tool == "handmade") return BuildByHand(out, directory);
  std::vector<std::string> env;
  if (tool == "skopeo") {
    ASSIGN_OR_RETURN(const std::string umoci, BuildImages("umoci", directory));
    env.push_back(absl::StrCat("LAYOUT=", umoci, "/layout"));
  } else if (tool == "podman") {
    ASSIGN_OR_RETURN(const std::string buildah,
                     BuildImages("buildah", directory));
    env.push_back(absl::StrCat("ARCHIVE=", buildah, "/docker.tar"));
  }
  return RunScript(tool, out, directory, env);
}

absl::StatusOr<FileTree> Unpack(const std::string& source,
                                const std::string& directory) {
  RETURN_IF_ERROR(fs::MakeDirectories(directory, 0755));
  const std::string layout = directory + "/layout:image";
  const std::string root = directory + "/root";
  RETURN_IF_ERROR(
      Run({"skopeo", "copy", "--quiet", source, absl::StrCat("oci:", layout)}));
  // This does what `umoci unpack` does, but without a digest of each file.
  RETURN_IF_ERROR(Run({"umoci", "raw", "unpack", "--image", layout, root}));
  ASSIGN_OR_RETURN(FileTree tree, ReadFileTree(root));
  RETURN_IF_ERROR(fs::RemoveTree(directory));
  return tree;
}

}  // namespace

absl::StatusOr<std::string> BuildImages(const std::string& tool,
                                        const std::string& directory) {
  static auto* const built =
      new std::map<std::string, absl::StatusOr<std::string>>;
  const auto it = built->find(tool);
  if (it != built->end()) return it->second;
  if (tool == "example") return Runfile("examples/hello");
  std::string out = absl::StrCat(directory, "/", tool);
  const absl::Status status = Build(tool, out, directory);
  absl::StatusOr<std::string> result(std::move(out));
  if (!status.ok()) result = status;
  return built->emplace(tool, std::move(result)).first->second;
}

const absl::StatusOr<FileTree>& UnpackWithUmoci(const std::string& source,
                                                const std::string& directory) {
  static auto* const unpacked =
      new std::map<std::string, absl::StatusOr<FileTree>>;
  const auto it = unpacked->find(source);
  if (it != unpacked->end()) return it->second;
  return unpacked->emplace(source, Unpack(source, directory + "/unpacked"))
      .first->second;
}

}  // namespace faas::testing
