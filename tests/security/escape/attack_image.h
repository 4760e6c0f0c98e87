#ifndef FAAS_TESTS_SECURITY_ESCAPE_ATTACK_IMAGE_H_
#define FAAS_TESTS_SECURITY_ESCAPE_ATTACK_IMAGE_H_

#include <string>
#include <vector>

#include "testing/image_builder.h"
#include "testing/tar_writer.h"

namespace faas::escape {

// The attribute that gives a file all capabilities, as in xattr(7).
std::string AllFileCapabilities();

// Returns an image with /attack and its copies /setuid (root's, mode 4755) and
// /filecaps (with all file capabilities). Its Cmd is /attack with `arguments`.
// /etc/passwd has root, and app with the id 1000. `more` is a layer on top.
testing::ImageBuilder AttackImage(
    testing::ImageSettings settings = {},
    const std::vector<testing::TarEntry>& more = {},
    const std::vector<std::string>& arguments = {"serve"});

// Returns the same as an archive.
std::string AttackArchive(testing::ImageSettings settings = {},
                          const std::vector<testing::TarEntry>& more = {},
                          const std::vector<std::string>& arguments = {
                              "serve"});

}  // namespace faas::escape

#endif  // FAAS_TESTS_SECURITY_ESCAPE_ATTACK_IMAGE_H_
