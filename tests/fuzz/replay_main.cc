// Runs a fuzz target on each file below the directories that it is given, as
// libFuzzer's own main does with -runs=0. It is for compilers without
// libFuzzer. An input that fails ends the program by a signal; its name is
// printed before. The program fails too if there is no input.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "common/fs/file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr size_t kMaxInputBytes = size_t{16} << 20;

std::vector<std::string> FilesBelow(const std::string& directory) {
  std::vector<std::string> files;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool Replay(const std::string& file) {
  const auto input = faas::fs::ReadFile(file, kMaxInputBytes);
  if (!input.ok()) {
    fprintf(stderr, "%s\n", input.status().ToString().c_str());
    return false;
  }
  printf("%s, %zu bytes\n", file.c_str(), input->size());
  fflush(stdout);
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input->data()),
                         input->size());
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  size_t inputs = 0;
  for (int i = 1; i < argc; ++i) {
    for (const std::string& file : FilesBelow(argv[i])) {
      if (!Replay(file)) return 1;
      ++inputs;
    }
  }
  printf("%zu inputs\n", inputs);
  if (inputs > 0) return 0;
  fprintf(stderr, "no input; give directories of a corpus\n");
  return 1;
}
