#!/bin/bash
# skopeo copies the image of umoci.sh, which is in LAYOUT, to all forms that it
# can write.
. "${BASH_SOURCE[0]%/*}/files.sh"
need skopeo
: "${LAYOUT:?}"

copy() { # to [option...]
  skopeo copy --quiet "${@:2}" "oci:$LAYOUT:odd" "$1"
}
copy "docker-archive:$OUT/docker.tar:odd:latest"
copy "oci-archive:$OUT/gzip.tar:odd"
# The source is not compressed yet, as skopeo leaves compressed layers as they
# are.
recompress() { # to [option...]
  skopeo copy --quiet "${@:2}" "docker-archive:$OUT/docker.tar" "$1"
}
recompress "oci-archive:$OUT/zstd.tar:odd" --dest-compress-format zstd
recompress "oci-archive:$OUT/plain.tar:odd" --dest-oci-accept-uncompressed-layers
recompress "oci:$OUT/layout:odd"
tar -C "$OUT/layout" -cf "$OUT/layout.tar" .
