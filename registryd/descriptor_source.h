#ifndef FAAS_REGISTRYD_DESCRIPTOR_SOURCE_H_
#define FAAS_REGISTRYD_DESCRIPTOR_SOURCE_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/unique_fd.h"
#include "image/byte_source.h"

namespace faas::registryd {

// The bytes of an archive that a client has handed over. CANCELLED once
// `cancelled` says that the client has gone: a pipe may never end.
class DescriptorSource : public image::ByteSource {
 public:
  DescriptorSource(base::UniqueFd archive, std::function<bool()> cancelled);
  absl::StatusOr<absl::string_view> Next() override;

 private:
  const base::UniqueFd archive_;
  const bool is_pipe_;
  const std::function<bool()> cancelled_;
  std::string buffer_;
};

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_DESCRIPTOR_SOURCE_H_
