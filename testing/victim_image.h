#ifndef FAAS_TESTING_VICTIM_IMAGE_H_
#define FAAS_TESTING_VICTIM_IMAGE_H_

#include <string>
#include <vector>

#include "testing/image_builder.h"

namespace faas::testing {

// Returns the layer with /victim, /tmp, /etc/passwd (root; app, uid 1000, in
// group audio) and /etc/group. The test's `data` must have //testing/victim.
std::string VictimLayer();

// Returns an image of that layer whose Cmd is /victim with `arguments`.
ImageBuilder VictimImage(const std::vector<std::string>& arguments);

// Returns that image as an archive of Docker 25.
std::string VictimArchive(const std::vector<std::string>& arguments = {
                              "by-path"});

}  // namespace faas::testing

#endif  // FAAS_TESTING_VICTIM_IMAGE_H_
