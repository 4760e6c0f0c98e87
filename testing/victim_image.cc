#include "testing/victim_image.h"

#include "testing/runfile.h"

namespace faas::testing {

std::string VictimLayer() {
  return MakeTar({
      DirectoryEntry("etc/"),
      FileEntry("etc/passwd",
                "root:x:0:0:root:/root:/bin/sh\n"
                "app:x:1000:1000:app:/home/app:/bin/sh\n"),
      FileEntry("etc/group", "root:x:0:\napp:x:1000:\naudio:x:29:app\n"),
      DirectoryEntry("tmp/", 01777),
      FileEntry("victim", ReadRunfile("testing/victim/victim"), 0755),
  });
}

ImageBuilder VictimImage(const std::vector<std::string>& arguments) {
  ImageSettings settings;
  settings.cmd = {"/victim"};
  settings.cmd.insert(settings.cmd.end(), arguments.begin(), arguments.end());
  return ImageBuilder()
      .AddLayer(VictimLayer())
      .SetSettings(settings)
      .AddTag("victim:latest");
}

std::string VictimArchive(const std::vector<std::string>& arguments) {
  return VictimImage(arguments).Save(Layout::kDocker25);
}

}  // namespace faas::testing
