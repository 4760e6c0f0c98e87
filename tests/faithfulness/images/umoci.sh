#!/bin/bash
# umoci adds layers as they are, and makes others by repack and insert. The
# result is an OCI layout, as a directory and as a tar of it.
. "${BASH_SOURCE[0]%/*}/files.sh"
need umoci

image=$OUT/layout:odd
bundle=$OUT/bundle
umoci init --layout "$OUT/layout"
umoci new --image "$image"
umoci raw add-layer --image "$image" "$BASE"
umoci unpack --image "$image" "$bundle"
for step in add_files change_files change_back_files; do
  "$step" "$bundle/rootfs"
  umoci repack --refresh-bundle --image "$image" "$bundle"
done
umoci insert --image "$image" "$bundle/rootfs/odd/setuid" /odd/keep/inserted
umoci insert --image "$image" --opaque "$bundle/rootfs/odd/keep" /odd/opaque
umoci insert --image "$image" --whiteout /odd/moved
umoci config --image "$image" --config.cmd /bin/true
umoci gc --layout "$OUT/layout"
rm -r "$bundle"
tar -C "$OUT/layout" -cf "$OUT/layout.tar" .
