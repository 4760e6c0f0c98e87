#ifndef FAAS_TESTS_FUZZ_ARCHIVE_REPAIR_H_
#define FAAS_TESTS_FUZZ_ARCHIVE_REPAIR_H_

#include <string>

namespace faas::fuzz {

// Repairs what a mutation cannot: the checksum of each tar header, of the
// archive and of plain layers in it, and the diff IDs in its configuration,
// which are those of its plain layers in the archive's order. Bytes that are no
// such archive stay as they are.
void RepairArchive(std::string& archive);

}  // namespace faas::fuzz

#endif  // FAAS_TESTS_FUZZ_ARCHIVE_REPAIR_H_
