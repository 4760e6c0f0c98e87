#ifndef FAAS_IMAGE_OWNERS_H_
#define FAAS_IMAGE_OWNERS_H_

#include <sys/types.h>

#include <cstdint>

namespace faas::image {

// How the owners that an image says become owners on disk.
struct Owners {
  // Otherwise all belongs to the caller. Keeping takes CAP_CHOWN, and
  // CAP_SETFCAP for file capabilities.
  bool keep = true;
  // Added to each user and group id: the host's id for the image's root. A
  // container that maps its ids from here sees those of the image.
  uint32_t id_base = 0;

  uid_t OnDisk(uint32_t id) const { return id_base + id; }
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_OWNERS_H_
