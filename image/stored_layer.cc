#include "image/stored_layer.h"

namespace faas::image {

v1::Layer ToProto(const Layer& layer) {
  v1::Layer proto;
  proto.set_diff_id(layer.diff_id);
  proto.set_tar_bytes(layer.tar_bytes);
  proto.set_content_id(layer.content_id);
  proto.set_disk_bytes(layer.disk_bytes);
  proto.set_blob_digest(layer.blob_digest);
  proto.mutable_ignored_attributes()->Add(layer.ignored_attributes.begin(),
                                          layer.ignored_attributes.end());
  return proto;
}

}  // namespace faas::image
