#ifndef FAAS_COMMON_BASE_VERSION_H_
#define FAAS_COMMON_BASE_VERSION_H_

namespace faas::base {

// The version of all programs of this tree. It ends in "-dev" until
// CHANGELOG.md names a release.
inline constexpr char kVersion[] = "0.1.0-dev";

}  // namespace faas::base

#endif  // FAAS_COMMON_BASE_VERSION_H_
