#ifndef FAAS_TESTS_SECURITY_HOSTILE_CASE_H_
#define FAAS_TESTS_SECURITY_HOSTILE_CASE_H_

#include <functional>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace faas::testing {

// Takes the next bytes of a stream, and returns false when nobody reads it any
// more.
using ByteSink = std::function<bool(absl::string_view)>;

// A HostileCase is an archive that must be refused.
struct HostileCase {
  // Letters and digits, for the name of the test.
  std::string name;
  // The end of the line on standard error, without its brackets: "TRUNCATED".
  std::string category;
  // Makes the archive. It is called when the case's turn comes, so that the
  // table takes no memory.
  std::function<std::string()> archive;
  // What the line must say besides. May be empty.
  std::string says;
  // Writes the archive if it is too large to be held in memory. Used instead of
  // `archive`.
  std::function<void(const ByteSink&)> stream;
  // Whether `faas new` is tried too, after `faas update`.
  bool also_new = false;

  friend void PrintTo(const HostileCase& c, std::ostream* out) {
    *out << c.name << " (" << c.category << ")";
  }
};

// A LegalCase is an archive that must be taken, although it looks odd, or aims
// at what is outside of the image and must land inside.
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
  // Returns such a map if it is known only when the case's turn comes. May be
  // empty.
  std::function<std::map<std::string, std::string>()> make_tree;
  // The value of --ref. May be empty.
  std::string reference;

  friend void PrintTo(const LegalCase& c, std::ostream* out) { *out << c.name; }
};

// The tables of cases, each in a file of its own.
std::vector<HostileCase> BrokenArchives();     // tar
std::vector<HostileCase> BrokenCompression();  // gzip and zstd
std::vector<HostileCase> ManifestCases();      // manifest.json, configurations
std::vector<HostileCase> BlobCases();          // what the manifest names
std::vector<HostileCase> OciCases();           // index.json, descriptors
std::vector<HostileCase> PathCases();          // names, types, owners
std::vector<HostileCase> LinkCases();          // hard links and symlinks
std::vector<HostileCase> Bombs();              // with the default limits
std::vector<HostileCase> EntryBombs();         // the same
// Return bombs that would take too long with the default limits, and the flags
// of registryd that lower these limits.
std::vector<HostileCase> LargeBombs();
std::vector<std::string> LargeBombFlags();

std::vector<LegalCase> LegalArchives();  // formats and layouts
std::vector<LegalCase> LegalTrees();     // what layers may say
std::vector<LegalCase> AimedTrees();     // what aims outside and lands inside

}  // namespace faas::testing

#endif  // FAAS_TESTS_SECURITY_HOSTILE_CASE_H_
