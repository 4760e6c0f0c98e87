# Sourced by the scripts beside it: what they put into images. Each script
# builds archives of one image with one tool:
#   SCRIPT BASE OUT
# BASE is the tar of a root file system, OUT an empty directory. It ends with
# 77, and says why, if what it needs is not there.
# shellcheck shell=bash
set -euo pipefail
umask 022
BASE=$1 OUT=$2
export BASE OUT

need() { # program...
  local program
  for program; do
    if ! command -v "$program" > /dev/null; then
      echo "$program is not installed" >&2
      exit 77
    fi
  done
}
need setcap setfattr

# Makes everything that an image can say about files, on top of BASE.
add_files() { # root
  local d=$1/odd
  mkdir -p "$d"/{keep,opaque/sub,to_file,to_link,gone,empty,private}
  echo x | tee "$d"/{keep,opaque,opaque/sub,to_file,to_link,gone}/x > /dev/null
  echo 1 > "$d/changes"
  echo 1 > "$d/to_dir"
  echo 1 > "$d/gone_file"
  echo 1 > "$d/gone_and_back"
  ln -s keep "$d/link_to_dir"
  ln -s keep/x "$d/link_to_file"
  ln -s /nowhere "$d/dangling"
  ln -s "/odd/$(printf 'long/%.0s' {1..60})" "$d/long_link"
  echo tool > "$1/bin/odd_tool" # through bin -> usr/bin
  : > "$d/empty_file"

  # Names: long ones, deep ones, those that are not UTF-8, and those that are
  # almost a whiteout.
  : > "$d/$(printf 'n%.0s' {1..255})"
  mkdir -p "$d/$(printf 'deep/%.0s' {1..80})"
  : > "$d/$(printf 'deep/%.0s' {1..80})bottom"
  : > "$d/"$'utf8-\u00e4'
  : > "$d/"$'latin1-\xe4'
  : > "$d/"$'new\nline'
  : > "$d/back\\slash"
  : > "$d/ blanks "
  : > "$d/.wh"
  : > "$d/a:b=c"

  # Hard links, also of symlinks.
  echo linked > "$d/links_1"
  ln "$d/links_1" "$d/links_2"
  ln "$d/links_1" "$d/keep/links_3"
  ln -s keep "$d/symlinks_1"
  ln "$d/symlinks_1" "$d/symlinks_2"

  # Sparse files: with holes at both ends and in the middle, and with nothing
  # but a hole.
  truncate -s 3M "$d/sparse"
  echo middle | dd of="$d/sparse" bs=1 seek=1000000 conv=notrunc status=none
  truncate -s 1M "$d/hole"

  # Owners are set before modes and capabilities, which chown clears.
  chown 1234:4321 "$d/links_1"
  chown 5:6 "$d/keep" "$d/private"
  chown -h 7:8 "$d/dangling"
  chown 65533:65533 "$d/empty_file"
  local name
  for name in setuid setgid capable; do cp /bin/true "$d/$name"; done
  chown 1000 "$d/setuid"
  chmod 4755 "$d/setuid"
  chmod 2711 "$d/setgid"
  chmod 0700 "$d/private"
  chmod 1777 "$d/empty"
  chmod 2775 "$d/keep"
  chmod 0000 "$d/empty_file"
  setcap cap_net_bind_service,cap_net_raw+ep "$d/capable"
  setfattr -n user.comment -v 'some text' "$d/links_1"
  setfattr -n user.binary -v 0x00ff0a3d "$d/links_1"
  setfattr -n user.dir -v 1 "$d/keep"
  setfattr -n user.dir -v 1 "$d/private"

  touch -d '1960-01-01 UTC' "$d/empty"
  touch -d '2200-01-01 UTC' "$d/setuid"
  touch -d '2020-01-01 00:00:00.123456789 UTC' "$d/setgid" "$d/private"
  touch -h -d '2001-09-09 01:46:40 UTC' "$d/dangling"
}

# Removes, replaces and changes some of them, for a layer on top.
change_files() { # root
  local d=$1/odd
  rm -r "$d/opaque" "$d/to_file" "$d/to_link" "$d/gone"
  mkdir "$d/opaque"
  echo new > "$d/opaque/new"
  echo 2 > "$d/to_file"
  ln -s keep "$d/to_link"
  rm "$d"/{to_dir,link_to_dir,link_to_file,gone_file,gone_and_back,links_2}
  mkdir "$d/to_dir" "$d/link_to_dir"
  echo 2 > "$d/to_dir/x"
  echo 2 > "$d/link_to_dir/y"
  echo 2 > "$d/link_to_file"
  echo 2 >> "$d/changes"
  chmod 0711 "$d/private"
  setfattr -x user.dir "$d/private"
  chown 9 "$d/setgid" # and so it loses its bit
  setcap -r "$d/capable"
  ln -sfn setuid "$d/dangling"
  mv "$d/deep" "$d/moved"
}

# Brings back what was removed, and removes what was brought, for one more
# layer.
change_back_files() { # root
  local d=$1/odd
  rm -r "$d/to_dir" "$d/link_to_dir" "$d/opaque/new"
  mkdir -p "$d/gone" "$d/opaque/sub"
  echo 3 | tee "$d"/{gone_file,gone_and_back,gone/y,opaque/sub/y,to_dir} > /dev/null
  ln -s keep "$d/link_to_dir"
  rm "$d/to_link"
  mkdir "$d/to_link"
  setcap cap_sys_nice+i "$d/capable"
  setfattr -n user.dir -v 3 "$d/private"
  setfattr -x user.dir "$d/keep"
  ln "$d/links_1" "$d/links_4"
  rm "$1/bin/odd_tool"
}
