# shellcheck shell=bash
# Container images: there is no registry, each machine's containerd is handed files.

# The image that holds a pod's namespaces; sets PAUSE_ARCHIVE and PAUSE_IMAGE.
find_pause_image() {
  local log=$LOGS/pause-image.log
  PAUSE_ARCHIVE=$("$TESTBED_HOME/images/build" pause 2>"$log") || fail "building the pause image failed" "$log"
  # shellcheck disable=SC2034 # read by machine.sh
  PAUSE_IMAGE=$(tar -xOf "$PAUSE_ARCHIVE" index.json |
    jq -r '.manifests[0].annotations["org.opencontainers.image.ref.name"]')
}

ensure_image() { # N FILE [DIGEST]
  local n=$1 file=$2 digest=${3:-} log="$LOGS/n$1-images.log" mark name
  [[ -n $digest ]] || digest=$(sha256sum <"$file" | cut -d' ' -f1)
  # By the image's name, which refers to what was loaded under it last.
  name=${file##*/}
  mark=$(machine_dir "$n")/images/${name%_*}
  [[ $(cat "$mark" 2>/dev/null) == "$digest" ]] && return
  # Twice: containerd may collect, as garbage of the image that had this name before, a layer that the import has just
  # found to be there already.
  import_image "$n" "$file" >>"$log" 2>&1 || import_image "$n" "$file" >>"$log" 2>&1 ||
    fail "loading $file into n$n failed" "$log"
  mkdir -p "${mark%/*}"
  echo "$digest" >"$mark"
}

import_image() { # N FILE
  ctr -a "$(containerd_socket "$1")" -n k8s.io images import "$2"
}

load_images() { # FILE...
  local file digest n pids pid failed=
  (($#)) || fail "which files?"
  need_testbed
  for file in "$@"; do
    [[ -r $file ]] || fail "cannot read $file"
    digest=$(sha256sum <"$file" | cut -d' ' -f1)
    pids=()
    for n in "${MACHINES[@]}"; do
      alive "n$n-containerd" || fail "n$n does not run: machine-start it first"
      ensure_image "$n" "$file" "$digest" &
      pids+=($!)
    done
    for pid in "${pids[@]}"; do
      wait "$pid" || failed=1
    done
    [[ -z $failed ]] || exit 1
    step "loaded ${file##*/}"
  done
}

image_digest() { # NAME:TAG
  (($# == 1)) || fail "which image? NAME:TAG"
  need_testbed
  ctr -a "$(containerd_socket 1)" -n k8s.io images list "name==$1" | awk -v name="$1" '
    $1 == name { print $3; found = 1 }
    END { exit !found }' || fail "$1 was not loaded"
}
