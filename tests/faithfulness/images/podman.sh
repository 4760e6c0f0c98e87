#!/bin/bash
# podman save writes the image of the archive ARCHIVE after podman load.
. "${BASH_SOURCE[0]%/*}/files.sh"
need podman
: "${ARCHIVE:?}"

# Otherwise there are locks in /dev/shm, which all programs share.
export CONTAINERS_CONF=$OUT/containers.conf
printf '[engine]\nlock_type = "file"\n' > "$CONTAINERS_CONF"

storage=$OUT/storage
for driver in overlay vfs; do
  run=(podman --root "$storage/root" --runroot "$storage/run"
    --storage-driver "$driver")
  "${run[@]}" load --quiet --input "$ARCHIVE" > /dev/null && break
  echo "podman's storage driver $driver does not work here" >&2
  rm -rf "$storage"
done
podman() { command "${run[@]}" "$@"; }

image=$(podman images --quiet)
podman save --quiet --format docker-archive --output "$OUT/docker.tar" "$image"
podman save --quiet --format oci-archive --output "$OUT/oci.tar" "$image"
rm -rf "$storage"
