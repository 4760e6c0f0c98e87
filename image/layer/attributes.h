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

// An extended attribute of a file or a directory.
struct Attribute {
  std::string name;  // "user.comment"
  std::string value;
};

inline constexpr absl::string_view kCapabilityAttribute = "security.capability";

// What becomes of an image's attribute.
enum class AttributeUse {
  kKeep,    // user.*, and the file capabilities
  kIgnore,  // what means something to the host it comes from: labels, ACLs
  kRefuse,  // overlayfs's own, with which a layer could forge what it hides
};
AttributeUse JudgeAttribute(absl::string_view name);

// A file capability as it is to be stored, or none if `value` is not one. With
// an id base it is made one that only counts where that id is root (revision
// 3), so that nobody gains anything from the file outside of a container.
// https://man7.org/linux/man-pages/man7/capabilities.7.html
std::optional<std::string> StoredCapability(absl::string_view value,
                                            const Owners& owners);

// Sets one on an open file. kStorage.
absl::Status SetAttribute(int fd, const Attribute& attribute);

// Makes the attributes of `to` those of `from`; overlayfs's own, and what is
// not kept of an image, are left alone in both. kStorage.
absl::Status CopyAttributes(int from, int to);

// Attributes that were ignored, by name.
class IgnoredAttributes {
 public:
  struct Count {
    uint64_t entries = 0;
    std::string example;  // the path of the first
  };

  void Add(absl::string_view name, absl::string_view path);
  const std::map<std::string, Count>& counts() const { return counts_; }

 private:
  std::map<std::string, Count> counts_;
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_LAYER_ATTRIBUTES_H_
