#ifndef FAAS_IMAGE_LAYER_COPY_UP_H_
#define FAAS_IMAGE_LAYER_COPY_UP_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "image/layer/layer_sink.h"
#include "image/layer/read_layer.h"
#include "image/limits.h"
#include "image/owners.h"
#include "image/stored_layer.h"

namespace faas::image {

// Completes a layer with what its `references` leave to the layers below it.
// `lower` has those from the top down, and they are complete themselves.
// - A directory that no entry describes takes owner, mode and times of the
//   lower directory. Where that is a symlink to a directory (`bin -> usr/bin`),
//   the layer's content of it moves to where the symlink leads.
// - A hard link to a lower file gets a copy of that file, and links to it.
// - An opaque root becomes whiteouts and opaque directories.
//
// Afterwards the layer's content depends on `lower`. `label` names the layer in
// errors: kUnsafeLink for a hard link whose target no layer has, kLimit for
// copies and lookups beyond `budget`, kStorage.
absl::Status CopyUpFromLower(const LayerSink::Written& layer,
                             const std::vector<LayerDirectory>& lower,
                             const std::string& label, const Limits& limits,
                             const Owners& owners, Budget& budget);

}  // namespace faas::image

#endif  // FAAS_IMAGE_LAYER_COPY_UP_H_
