#include "testing/python_root.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "testing/command.h"
#include "testing/tree_tar.h"

namespace faas::testing {
namespace {

constexpr char kPasswd[] =
    "root:x:0:0:root:/root:/bin/sh\n"
    "app:x:1000:1000:app:/home/app:/bin/sh\n"
    "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n";
constexpr char kGroup[] =
    "root:x:0:\n"
    "app:x:1000:\n"
    "audio:x:29:app\n"
    "nogroup:x:65534:\n";

// Returns whether a path is one of the parts of the standard library that no
// handler needs, or the one symlink that leads out of it.
bool IsLeftOut(absl::string_view path) {
  for (const char* part :
       {"/dist-packages", "/site-packages", "/test", "/config-3", "/idlelib",
        "/lib2to3", "/pydoc_data", "/ensurepip", "/distutils", "/tkinter",
        "/turtledemo", "/sitecustomize.py", "/_tkinter", "/_sqlite3",
        "/readline", "/_curses", "/_dbm", "/_gdbm", "/nis."}) {
    if (absl::StrContains(path, part)) return true;
  }
  return false;
}

// Returns the path without /usr: in Debian's merged /usr, /lib/x is /usr/lib/x.
std::string Merged(absl::string_view path) {
  return std::string(absl::ConsumePrefix(&path, "/usr") ? path : path);
}

// Returns the paths of the shared libraries of `binary`, and of the loader.
std::vector<std::string> LibrariesOf(const std::string& binary) {
  std::vector<std::string> libraries;
  std::istringstream words(RunCommand({"ldd", binary}).out);
  for (std::string word; words >> word;) {
    if (word[0] == '/') libraries.push_back("/usr" + Merged(word));
  }
  return libraries;
}

// Adds `path` of this machine under the same name, and what it links to.
absl::Status AddFollowing(std::string path, std::set<std::string>* parents,
                          std::set<std::string>* added, TarWriter* writer) {
  while (added->insert(path).second) {
    AddParents(path.substr(1), parents, writer);
    RETURN_IF_ERROR(AddFromDisk(path, path.substr(1), writer));
    char target[PATH_MAX];
    const ssize_t size = readlink(path.c_str(), target, sizeof(target));
    if (size < 0) break;
    path =
        std::filesystem::path(path).parent_path() / std::string(target, size);
    // "/lib" is a symlink in the image, too.
    path = "/usr" +
           Merged(std::filesystem::path(path).lexically_normal().string());
  }
  return absl::OkStatus();
}

void AddSkeleton(TarWriter* writer) {
  writer->Symlink("bin", "usr/bin")
      .Symlink("lib", "usr/lib")
      .Symlink("lib64", "usr/lib64")
      .Dir("app/")
      .Dir("dev/")
      .Dir("etc/")
      .File("etc/group", kGroup)
      .File("etc/passwd", kPasswd)
      .Dir("proc/")
      .Dir("root/", 0700)
      .Dir("run/")
      .Dir("sys/")
      .Dir("tmp/", 01777);
}

// Returns the versioned directory, e.g. "/usr/lib/python3.11".
absl::StatusOr<std::string> StandardLibrary() {
  char path[PATH_MAX];
  if (realpath("/usr/bin/python3", path) == nullptr) {
    return base::ErrnoStatus("realpath \"/usr/bin/python3\"");
  }
  return absl::StrCat("/usr/lib/",
                      std::filesystem::path(path).filename().string());
}

}  // namespace

absl::StatusOr<std::string> PythonRootLayer() {
  ASSIGN_OR_RETURN(const std::string library, StandardLibrary());
  std::vector<std::string> paths = {"/usr/bin/python3"};
  std::set<std::string> libraries;
  auto add_libraries = [&libraries](const std::string& binary) {
    for (std::string& path : LibrariesOf(binary)) {
      libraries.insert(std::move(path));
    }
  };
  add_libraries("/usr/bin/python3");
  std::error_code error;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(library, error)) {
    const std::string path = entry.path();
    if (IsLeftOut(path) || entry.is_directory()) continue;
    paths.push_back(path);
    if (absl::StrContains(path, "/lib-dynload/")) add_libraries(path);
  }
  paths.insert(paths.end(), libraries.begin(), libraries.end());
  std::sort(paths.begin(), paths.end());

  TarWriter writer;
  std::set<std::string> parents;
  std::set<std::string> added;
  AddSkeleton(&writer);
  for (const std::string& path : paths) {
    RETURN_IF_ERROR(AddFollowing(path, &parents, &added, &writer));
  }
  return writer.Finish();
}

ImageBuilder PythonImage(const std::string& root_layer,
                         const std::string& handler, const std::string& tag) {
  ImageSettings settings;
  settings.cmd = {"python3", "/app/handler.py"};
  settings.env.push_back("LANG=C.UTF-8");
  return ImageBuilder()
      .AddLayer(root_layer)
      .AddLayer(MakeTar(
          {DirectoryEntry("app/"), FileEntry("app/handler.py", handler)}))
      .SetSettings(settings)
      .AddTag(tag);
}

}  // namespace faas::testing
