#!/bin/bash
# GNU tar writes the files as one layer, files.tar, and keeps sparse files
# sparse.
. "${BASH_SOURCE[0]%/*}/files.sh"

mkdir -p "$OUT/root/usr/bin"
ln -s usr/bin "$OUT/root/bin"
add_files "$OUT/root"
tar -C "$OUT/root" -cf "$OUT/files.tar" --format=posix --sparse --xattrs \
  --xattrs-include='*' --numeric-owner odd usr/bin/odd_tool
rm -r "$OUT/root"
