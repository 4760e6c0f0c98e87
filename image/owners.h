#ifndef FAAS_IMAGE_OWNERS_H_
#define FAAS_IMAGE_OWNERS_H_

#include <sys/types.h>

#include <cstdint>

namespace faas::image {

// Owners says which owners files get on disk.
struct Owners {
  // Whether files get the owners that the image says. If not, all files belong
  // to the caller. This needs CAP_CHOWN, and CAP_SETFCAP for file capabilities.
  bool keep = true;
  // The host's id for the image's root, which is added to each user and group
  // id. A container that maps its ids from here sees the ids of the image.
  uint32_t id_base = 0;

  uid_t OnDisk(uint32_t id) const { return id_base + id; }
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_OWNERS_H_
