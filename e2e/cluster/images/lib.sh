# shellcheck shell=bash
# What `build` and `containerize` share: the cache, the tools they need, and buildah with its own storage.

# shellcheck source=../lib/report.sh disable=SC2154 # set by the scripts that source this
. "$here/../lib/report.sh"
# shellcheck source=../lib/packages.sh
. "$here/../lib/packages.sh"

export LC_ALL=C # hashes depend on the order of file names
cache="${WARREN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/warren}/images"

log() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { log "error: $*"; exit 1; }

# The machine's own image store is left alone: removing the cache folder removes everything that was built. What is
# mounted is noted elsewhere, because it does not survive a restart of the machine as the cache does.
buildah() {
  command buildah --storage-driver overlay --root "$cache/storage" \
    --runroot "${XDG_RUNTIME_DIR:-/run}/warren-images${cache//\//-}" "$@"
}

bud() {
  buildah bud --isolation chroot --layers --force-rm --pull-never "$@" >"$cache/build.log" 2>&1 ||
    { tail -40 "$cache/build.log" >&2; die "buildah failed; all that it said is in $cache/build.log"; }
}

# Two builds in one storage would trip over each other's half-made images.
lock() {
  mkdir -p "$cache"
  exec 9>"$cache/lock"
  flock -n 9 || { log "waiting for another build"; flock 9; }
}

static_libc() { [ -e "$(gcc -print-file-name=libc.a)" ]; }

need_tools() {
  local missing
  mapfile -t missing < <(missing_packages "buildah=programs buildah" "mmdebstrap=programs mmdebstrap" \
    "gcc=programs gcc" "libc6-dev=static_libc" "python3-pip=python3 -m pip --version")
  [ ${#missing[@]} -eq 0 ] || install_packages "$cache/apt.log" "${missing[@]}"
}

# hash_of FILE-OR-FOLDER...: names, modes and contents; not times, which a checkout changes.
hash_of() {
  find "$@" \( -type f -o -type l \) -printf '%p %m %l\n' | sort
  find "$@" -type f -print0 | sort -z | xargs -0 -r sha256sum
}

short_hash() { sha256sum | cut -c 1-16; }

# archive_path NAME:TAG KEY
archive_path() {
  local name=${1##*/}
  printf '%s/%s_%s.tar\n' "$cache" "${name/:/_}" "$2"
}

key_in() { # ARCHIVE
  local key=${1##*_}
  printf '%s\n' "${key%.tar}"
}

# The name of one exact content in the storage, so that FROM never means an older build of the same tag.
by_key() { printf 'localhost/by-key:%s\n' "$1"; }

# save NAME:TAG KEY: from the storage to an archive, in one step, replacing what there is of earlier contents.
save() {
  local archive old
  archive=$(archive_path "$1" "$2")
  rm -f "$archive.new"
  buildah push --quiet "$(by_key "$2")" "oci-archive:$archive.new:$1"
  for old in "${archive%_*}"_*.tar; do
    [ -e "$old" ] || continue
    rm "$old"
    buildah rmi "$(by_key "$(key_in "$old")")" >/dev/null 2>&1 || true # something may still be made FROM it
  done
  mv "$archive.new" "$archive"
  log "$1: $(($(stat -c %s "$archive") / 1048576)) MiB"
}

# load ARCHIVE KEY: into the storage, unless it is there.
load() {
  local id
  if ! buildah inspect --type image "$(by_key "$2")" >/dev/null 2>&1; then
    id=$(buildah pull --quiet "oci-archive:$1")
    buildah tag "$id" "$(by_key "$2")"
  fi
}
