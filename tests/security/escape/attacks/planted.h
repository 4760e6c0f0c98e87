#ifndef FAAS_TESTS_SECURITY_ESCAPE_ATTACKS_PLANTED_H_
#define FAAS_TESTS_SECURITY_ESCAPE_ATTACKS_PLANTED_H_

namespace faas::escape {

// Where `plant` leaves something, and where `search` looks for it.
inline constexpr char kPlantedInTmp[] = "/tmp/planted";
inline constexpr char kPlantedInShm[] = "/dev/shm/planted";
inline constexpr char kPlantedSecret[] = "/run/secrets/planted";
inline constexpr int kPlantedKey = 0x0faa5;

}  // namespace faas::escape

#endif  // FAAS_TESTS_SECURITY_ESCAPE_ATTACKS_PLANTED_H_
