# shellcheck shell=bash
# Removes everything that a test bed leaves, even one that was killed half-way or whose host restarted.

unmount_below() { # FOLDER
  local mount
  # The kernel lists mounts in the order they were made: the last one has to go first.
  while read -r mount; do
    umount "$mount" 2>/dev/null || umount --lazy "$mount"
  done < <(cut -d' ' -f5 /proc/self/mountinfo | grep -F "$1/" | grep "^$1/" | tac)
}

# The sockets of containers have one folder for all containerds of a host: those without a listener can be deleted.
remove_dead_sockets() {
  local socket
  for socket in /run/containerd/s/*; do
    grep -qsF " $socket" /proc/net/unix || rm -f "$socket"
  done
  rmdir /run/containerd/s /run/containerd 2>/dev/null || true
}

clean() {
  local group
  [[ $WARREN_STATE == /?* && $WARREN_STATE != */../* ]] || fail "WARREN_STATE must be an absolute path"
  [[ ! -d $WARREN_STATE || -e $WARREN_STATE/.warren-testbed || -z $(ls -A "$WARREN_STATE") ]] ||
    fail "$WARREN_STATE is not a folder of the test bed: it is not touched"
  for group in host "${ALL_MACHINES[@]/#/n}"; do
    kill_group "$group"
  done
  unmount_below "$WARREN_STATE"
  remove_network
  remove_groups
  # What containerd and the kubelet write at fixed places.
  find /var/log/containers -lname "$WARREN_STATE/*" -delete 2>/dev/null || true
  { grep -rlsF "$WARREN_STATE/" /var/lib/cni/results || true; } | xargs --no-run-if-empty rm -f
  remove_dead_sockets
  rm -rf --one-file-system "$WARREN_STATE"
}
