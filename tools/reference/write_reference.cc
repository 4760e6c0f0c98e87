// Writes docs/cli.md and docs/configuration.md into the workspace:
//
//   bazel run //tools:write_reference

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "tools/reference/pages.h"

namespace {

bool Write(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  file.close();
  fprintf(stderr, "%s %s\n", file ? "wrote" : "cannot write", path.c_str());
  return file.good();
}

}  // namespace

int main() {
  const char* workspace = getenv("BUILD_WORKSPACE_DIRECTORY");
  if (workspace == nullptr) {
    fputs("run it as \"bazel run //tools:write_reference\"\n", stderr);
    return 2;
  }
  const auto pages = faas::reference::MakePages();
  if (!pages.ok()) {
    fprintf(stderr, "write_reference: %s\n",
            std::string(pages.status().message()).c_str());
    return 1;
  }
  const std::string docs = std::string(workspace) + "/docs";
  const bool written = Write(docs + "/cli.md", pages->cli) &&
                       Write(docs + "/configuration.md", pages->configuration);
  return written ? 0 : 1;
}
