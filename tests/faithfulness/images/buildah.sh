#!/bin/bash
# buildah builds an image from scratch, with a layer for each commit.
. "${BASH_SOURCE[0]%/*}/files.sh"
need buildah

storage=$OUT/storage
for driver in overlay vfs; do
  run=(buildah --root "$storage/root" --runroot "$storage/run"
    --storage-driver "$driver")
  container=$("${run[@]}" from scratch) && break
  echo "buildah's storage driver $driver does not work here" >&2
  rm -rf "$storage"
done
buildah() { command "${run[@]}" "$@"; }

commit() { # image
  buildah umount "$container" > /dev/null
  buildah commit --quiet "$container" "$1" > /dev/null
  buildah rm "$container" > /dev/null
}
tar -C "$(buildah mount "$container")" --xattrs --xattrs-include='*' \
  --numeric-owner -xf "$BASE"
commit base
from=base
for step in add_files change_files change_back_files; do
  container=$(buildah from --pull-never "$from")
  "$step" "$(buildah mount "$container")"
  buildah config --cmd /bin/true "$container"
  commit "$step"
  from=$step
done
buildah push --quiet "$from" "docker-archive:$OUT/docker.tar:odd:latest"
buildah push --quiet "$from" "oci-archive:$OUT/oci.tar:odd:latest"
rm -rf "$storage"
