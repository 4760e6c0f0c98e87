// Mutates archives within the blocks that tars consist of, or whole blocks, and
// repairs what would stop every reader there. If bytes were moved by one, there
// would be no header where it is looked for.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>

#include "tests/fuzz/archive_repair.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace {

using Random = std::minstd_rand;

constexpr size_t kBlock = 512;

// The fields of a header: name, mode, owner, size, time, type, link, the rest.
struct Field {
  size_t at;
  size_t bytes;
};
constexpr Field kFields[] = {{0, 100},   {100, 8},   {108, 16},
                             {124, 12},  {136, 12},  {156, 1},
                             {157, 100}, {257, 255}, {0, kBlock}};

// Lets libFuzzer have one field of one block, as text that zeros follow.
void MutateField(std::string& archive, Random& random) {
  const size_t block = random() % (archive.size() / kBlock) * kBlock;
  const Field& field = kFields[random() % std::size(kFields)];
  std::string text = archive.substr(block + field.at, field.bytes);
  const size_t end = std::min(text.find('\0'), text.size());
  const size_t size = LLVMFuzzerMutate(reinterpret_cast<uint8_t*>(text.data()),
                                       end, field.bytes);
  std::fill(text.begin() + static_cast<int>(size), text.end(), '\0');
  archive.replace(block + field.at, field.bytes, text);
}

void MutateBlocks(std::string& archive, Random& random) {
  const size_t blocks = archive.size() / kBlock;
  const size_t from = random() % blocks * kBlock;
  const size_t to = random() % blocks * kBlock;
  const size_t bytes =
      std::min((1 + random() % 4) * kBlock, archive.size() - from);
  const std::string piece = archive.substr(from, bytes);
  switch (random() % 3) {
    case 0:
      archive.insert(to, piece);
      break;
    case 1:
      archive.erase(from, bytes);
      break;
    default:
      archive.replace(to, std::min(bytes, archive.size() - to), piece);
  }
}

}  // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size,
                                          size_t max_size, unsigned seed) {
  Random random(seed);
  const unsigned kind = random() % 8;
  if (size < kBlock || kind == 0) {
    return LLVMFuzzerMutate(data, size, max_size);
  }
  std::string archive(reinterpret_cast<const char*>(data), size);
  if (kind < 3) {
    MutateBlocks(archive, random);
  } else {
    MutateField(archive, random);
  }
  faas::fuzz::RepairArchive(archive);
  archive.resize(std::min(archive.size(), max_size));
  memcpy(data, archive.data(), archive.size());
  return archive.size();
}
