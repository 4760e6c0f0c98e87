#include "testing/census.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace faas::testing {
namespace {

namespace stdfs = std::filesystem;

struct Process {
  pid_t pid = 0;
  pid_t parent = 0;
  char state = '?';
};

// Parses "12 (name) S 1 ...", where the name may be any text.
Process ReadProcess(pid_t pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/stat"));
  std::string line;
  std::getline(file, line);
  Process process;
  process.pid = pid;
  const size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return process;
  std::istringstream rest(line.substr(name_end + 1));
  rest >> process.state >> process.parent;
  return process;
}

std::vector<Process> AllProcesses() {
  std::vector<Process> processes;
  std::error_code error;
  for (const auto& entry : stdfs::directory_iterator("/proc", error)) {
    pid_t pid;
    if (!absl::SimpleAtoi(entry.path().filename().string(), &pid)) continue;
    const Process process = ReadProcess(pid);
    if (process.state != '?' && process.state != 'Z') {
      processes.push_back(process);
    }
  }
  return processes;
}

std::vector<std::string> MountsBelow(const std::string& directory) {
  std::vector<std::string> mounts;
  std::ifstream file("/proc/self/mountinfo");
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string skipped, point;
    fields >> skipped >> skipped >> skipped >> skipped >> point;
    if (absl::StartsWith(point, directory + "/")) mounts.push_back(point);
  }
  return mounts;
}

std::vector<std::string> Cgroups() {
  std::vector<std::string> cgroups;
  std::error_code error;
  for (auto walk = stdfs::recursive_directory_iterator("/sys/fs/cgroup", error);
       !error && walk != stdfs::recursive_directory_iterator();
       walk.increment(error)) {
    if (walk->is_directory(error)) cgroups.push_back(walk->path());
  }
  return cgroups;
}

std::vector<std::string> EntriesOf(const std::string& directory) {
  std::vector<std::string> entries;
  std::error_code error;
  for (const auto& entry : stdfs::directory_iterator(directory, error)) {
    entries.push_back(entry.path());
  }
  return entries;
}

size_t CountDescriptors(pid_t pid) {
  return EntriesOf(absl::StrCat("/proc/", pid, "/fd")).size();
}

}  // namespace

std::string ProcessName(pid_t pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/comm"));
  std::string name;
  std::getline(file, name);
  return name;
}

std::string Census::Describe() const {
  std::string text;
  for (const auto& line : processes) absl::StrAppend(&text, "P ", line, "\n");
  for (const auto& line : mounts) absl::StrAppend(&text, "M ", line, "\n");
  for (const auto& line : cgroups) absl::StrAppend(&text, "C ", line, "\n");
  for (const auto& line : entries) absl::StrAppend(&text, "E ", line, "\n");
  for (const auto& [pid, count] : descriptors) {
    absl::StrAppend(&text, "D ", pid, " ", ProcessName(pid), ": ", count, "\n");
  }
  return text;
}

Census TakeCensus(const std::string& state_dir,
                  const std::vector<std::string>& directories,
                  const std::vector<pid_t>& daemons) {
  Census census;
  for (const Process& process : AllProcesses()) {
    census.processes.push_back(
        absl::StrCat(process.pid, " ", ProcessName(process.pid)));
  }
  census.mounts = MountsBelow(state_dir);
  census.cgroups = Cgroups();
  for (const std::string& directory : directories) {
    for (std::string& entry : EntriesOf(directory)) {
      census.entries.push_back(std::move(entry));
    }
  }
  for (const pid_t pid : daemons) {
    census.descriptors[pid] = CountDescriptors(pid);
  }
  for (auto* list :
       {&census.processes, &census.mounts, &census.cgroups, &census.entries}) {
    std::sort(list->begin(), list->end());
  }
  return census;
}

std::vector<pid_t> ProcessTree(pid_t pid) {
  const std::vector<Process> processes = AllProcesses();
  std::vector<pid_t> tree = {pid};
  for (size_t i = 0; i < tree.size(); ++i) {
    for (const Process& process : processes) {
      if (process.parent == tree[i]) tree.push_back(process.pid);
    }
  }
  return tree;
}

}  // namespace faas::testing
