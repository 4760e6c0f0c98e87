#ifndef FAAS_TESTS_SECURITY_HOSTILE_CASE_H_
#define FAAS_TESTS_SECURITY_HOSTILE_CASE_H_

#include <functional>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace faas::testing {

// Takes the next bytes of a stream; false when nobody reads it any more.
using ByteSink = std::function<bool(absl::string_view)>;

// An archive that has to be refused.
struct HostileCase {
  // Letters and digits, for the name of the test.
  std::string name;
  // What the line on stderr ends with, in brackets: "TRUNCATED".
  std::string category;
  // Called when the case's turn comes, so that the table costs nothing.
  std::function<std::string()> archive;
  // What the line has to say besides; may be empty.
  std::string says;
  // Instead of `archive`, for what is too large to be held in memory.
  std::function<void(const ByteSink&)> stream;
  // Whether `faas new` is tried too, after `faas update`.
  bool also_new = false;

  friend void PrintTo(const HostileCase& c, std::ostream* out) {
    *out << c.name << " (" << c.category << ")";
  }
};

// An archive that has to be taken, although it looks odd, or aims at what is
// outside of the image and has to land inside.
struct LegalCase {
  std::string name;
  std::function<std::string()> archive;
  // What the root file system has at these paths:
  //   "file:CONTENT"   a regular file
  //   "dir"            a directory; "dir:a,b" with just these entries
  //   "link:TARGET"    a symlink
  //   "same:PATH"      a hard link to PATH
  //   "mode:04755"     anything with that mode
  //   "size:N"         a regular file of N bytes
  //   "none"           nothing
  std::map<std::string, std::string> tree;
  // The same, for what is known only when the case's turn comes; may be empty.
  std::function<std::map<std::string, std::string>()> make_tree;
  // For --ref; may be empty.
  std::string reference;

  friend void PrintTo(const LegalCase& c, std::ostream* out) { *out << c.name; }
};

// The tables, one a file.
std::vector<HostileCase> BrokenArchives();     // tar
std::vector<HostileCase> BrokenCompression();  // gzip and zstd
std::vector<HostileCase> ManifestCases();      // manifest.json, configurations
std::vector<HostileCase> BlobCases();          // what the manifest names
std::vector<HostileCase> OciCases();           // index.json, descriptors
std::vector<HostileCase> PathCases();          // names, types, owners
std::vector<HostileCase> LinkCases();          // hard links and symlinks
std::vector<HostileCase> Bombs();              // with the default limits
std::vector<HostileCase> EntryBombs();         // the same
// Bombs that would take too long with the default limits, and the flags of
// registryd that lower these.
std::vector<HostileCase> LargeBombs();
std::vector<std::string> LargeBombFlags();

std::vector<LegalCase> LegalArchives();  // formats and layouts
std::vector<LegalCase> LegalTrees();     // what layers may say
std::vector<LegalCase> AimedTrees();     // what aims outside and lands inside

}  // namespace faas::testing

#endif  // FAAS_TESTS_SECURITY_HOSTILE_CASE_H_
