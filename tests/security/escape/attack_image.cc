#include "tests/security/escape/attack_image.h"

#include <linux/capability.h>

#include <cstring>
#include <utility>

#include "testing/runfile.h"

namespace faas::escape {

using testing::DirectoryEntry;
using testing::FileEntry;
using testing::ImageBuilder;
using testing::ImageSettings;
using testing::TarEntry;

std::string AllFileCapabilities() {
  vfs_cap_data data = {};
  data.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE;
  data.data[0].permitted = 0xffffffff;
  // CAP_LAST_CAP is 40.
  data.data[1].permitted = 0x1ff;
  std::string bytes(sizeof(data), '\0');
  memcpy(bytes.data(), &data, sizeof(data));
  return bytes;
}

ImageBuilder AttackImage(ImageSettings settings,
                         const std::vector<TarEntry>& more,
                         const std::vector<std::string>& arguments) {
  const std::string program =
      testing::ReadRunfile("tests/security/escape/attacks/attack");
  TarEntry with_capabilities = FileEntry("filecaps", program, 0755);
  with_capabilities.pax["SCHILY.xattr.security.capability"] =
      AllFileCapabilities();
  const std::string layer = testing::MakeTar({
      FileEntry("attack", program, 0755),
      FileEntry("setuid", program, 04755),
      with_capabilities,
      DirectoryEntry("etc/"),
      FileEntry("etc/passwd",
                "root:x:0:0:root:/root:/bin/sh\n"
                "app:x:1000:1000:app:/home/app:/bin/sh\n"),
      FileEntry("etc/group", "root:x:0:\napp:x:1000:\n"),
      DirectoryEntry("home/"),
      DirectoryEntry("root/", 0700),
      DirectoryEntry("var/"),
      DirectoryEntry("var/tmp/", 01777),
  });
  settings.cmd = {"/attack"};
  settings.cmd.insert(settings.cmd.end(), arguments.begin(), arguments.end());
  ImageBuilder image;
  image.AddLayer(layer);
  if (!more.empty()) image.AddLayer(testing::MakeTar(more));
  image.SetSettings(std::move(settings)).AddTag("attack:latest");
  return image;
}

std::string AttackArchive(ImageSettings settings,
                          const std::vector<TarEntry>& more,
                          const std::vector<std::string>& arguments) {
  return AttackImage(std::move(settings), more, arguments)
      .Save(testing::Layout::kDocker25);
}

}  // namespace faas::escape
