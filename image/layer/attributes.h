#ifndef FAAS_IMAGE_LAYER_ATTRIBUTES_H_
#define FAAS_IMAGE_LAYER_ATTRIBUTES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "image/owners.h"

namespace faas::image {

// An Attribute is an extended attribute of a file or a directory.
struct Attribute {
  std::string name;  // "user.comment"
  std::string value;
};

inline constexpr absl::string_view kCapabilityAttribute = "security.capability";

// What is done with an attribute of the image.
enum class AttributeUse {
  kKeep,    // user.*, and the file capabilities.
  kIgnore,  // Labels, ACLs: only the host that they come from knows them.
  kRefuse,  // overlayfs's own: with them a layer could forge its marks.
};
AttributeUse JudgeAttribute(absl::string_view name);

// Returns a file capability as it is stored, or none if `value` is not one.
// With an id base it only counts where that id is root (revision 3), so that
// nobody gains anything from the file outside of a container.
// https://man7.org/linux/man-pages/man7/capabilities.7.html
std::optional<std::string> StoredCapability(absl::string_view value,
                                            const Owners& owners);

// Sets an attribute of an open file. Errors are kStorage.
absl::Status SetAttribute(int fd, const Attribute& attribute);

// Gives the file open at `to` the attributes of the one open at `from`. Leaves
// overlayfs's own attributes and those that are not kept of an image alone in
// both. Errors are kStorage.
absl::Status CopyAttributes(int from, int to);

// Counts attributes that were ignored, by name.
class IgnoredAttributes {
 public:
  struct Count {
    uint64_t entries = 0;
    // The path of the first entry that had it.
    std::string example;
  };

  void Add(absl::string_view name, absl::string_view path);
  const std::map<std::string, Count>& counts() const { return counts_; }

 private:
  std::map<std::string, Count> counts_;
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_LAYER_ATTRIBUTES_H_
