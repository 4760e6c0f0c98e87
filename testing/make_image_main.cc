// make_image writes an image archive in the form of `docker save` from files of
// this machine. The same input gives the same bytes. See --help.

#include <fcntl.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "testing/image_builder.h"
#include "testing/tree_tar.h"

namespace faas::testing {
namespace {

struct Options {
  std::string out;
  Layout layout = Layout::kDocker25;
  std::vector<std::string> tags;
  std::vector<std::string> files;
  std::vector<std::string> trees;
  ImageSettings settings;
};

// Returns one layer of all files "HOST_PATH:IMAGE_PATH". The modes of files
// come from Bazel's sandbox or a checkout, so only the executable bit is kept.
absl::StatusOr<std::string> FilesLayer(const std::vector<std::string>& files) {
  TarWriter writer;
  std::set<std::string> parents;
  for (const std::string& file : files) {
    const size_t colon = file.rfind(':');
    if (colon == std::string::npos) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", file, "\" is not HOST_PATH:IMAGE_PATH"));
    }
    const std::string host_path = file.substr(0, colon);
    std::string image_path = file.substr(colon + 1);
    image_path.erase(0, image_path.find_first_not_of('/'));
    AddParents(image_path, &parents, &writer);
    ASSIGN_OR_RETURN(std::string data,
                     fs::ReadFile(host_path, size_t{1} << 30));
    const bool executable = access(host_path.c_str(), X_OK) == 0;
    writer.File(image_path, data, executable ? 0755 : 0644);
  }
  return writer.Finish();
}

absl::Status MakeImage(const Options& options) {
  ImageBuilder builder;
  for (const std::string& tree : options.trees) {
    ASSIGN_OR_RETURN(std::string layer, TreeTar(tree));
    builder.AddLayer(std::move(layer));
  }
  if (!options.files.empty()) {
    ASSIGN_OR_RETURN(std::string layer, FilesLayer(options.files));
    builder.AddLayer(std::move(layer));
  }
  for (const std::string& tag : options.tags) builder.AddTag(tag);
  builder.SetSettings(options.settings);
  ASSIGN_OR_RETURN(base::UniqueFd out,
                   fs::Open(options.out, O_WRONLY | O_CREAT | O_TRUNC, 0644));
  return fs::WriteFd(out.get(), builder.Save(options.layout));
}

int Main(int argc, char** argv) {
  Options options;
  const std::map<std::string, Layout> layouts = {
      {"docker20", Layout::kDocker20},
      {"docker25", Layout::kDocker25},
      {"containerd", Layout::kContainerd}};
  CLI::App app("Writes an image archive as `docker save` does.");
  app.add_option("--out", options.out, "The archive to write")->required();
  app.add_option("--layout", options.layout,
                 "The program whose archive it looks like")
      ->transform(CLI::CheckedTransformer(layouts));
  app.add_option("--tag", options.tags,
                 "A name of the image, NAME:TAG; repeatable");
  app.add_option("--tree", options.trees,
                 "A directory that becomes a layer; repeatable");
  app.add_option("--add", options.files,
                 "A file of the top layer, HOST_PATH:IMAGE_PATH; repeatable");
  // Each option takes one word, so that words may begin with a hyphen.
  app.add_option("--entrypoint", options.settings.entrypoint,
                 "A word of the Entrypoint; repeatable");
  app.add_option("--cmd", options.settings.cmd,
                 "A word of the Cmd; repeatable");
  app.add_option("--env", options.settings.env,
                 "A variable of the Env, NAME=VALUE; repeatable");
  app.add_option("--workdir", options.settings.working_dir, "The WorkingDir");
  app.add_option("--user", options.settings.user, "The User");
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = MakeImage(options);
  if (status.ok()) return 0;
  std::fprintf(stderr, "make_image: %s\n",
               std::string(status.message()).c_str());
  return 1;
}

}  // namespace
}  // namespace faas::testing

int main(int argc, char** argv) { return faas::testing::Main(argc, argv); }
