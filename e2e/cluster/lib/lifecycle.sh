# shellcheck shell=bash
# The test bed as a whole: up, down, status.

HOST_PROCESSES=(etcd kube-apiserver kube-controller-manager kube-scheduler coredns storage)

lock() {
  [[ $EUID == 0 ]] || fail "must be run as root"
  # One change at a time; a second caller waits.
  exec {TESTBED_LOCK}>/run/warren-testbed.lock
  flock "$TESTBED_LOCK"
}

need_testbed() { [[ -e $WARREN_STATE/complete ]] || fail "the test bed is not up"; }

run_tool() { # PROGRAM ARGUMENT...
  local program
  program=$(bin_dir)/$1
  shift
  KUBECONFIG=$ADMIN_KUBECONFIG "$program" "$@"
}

# The first process that should run and does not; nothing when all do.
missing_process() {
  local name n
  for name in "${HOST_PROCESSES[@]}"; do
    alive "$name" || { echo "$name" && return; }
  done
  for n in "${MACHINES[@]}"; do
    for name in "n$n"-{containerd,kubelet,kube-proxy}; do
      alive "$name" || { echo "$name" && return; }
    done
  done
}

all_links_are_up() {
  local n
  for n in "${MACHINES[@]}"; do
    link_is_up "$n" || return
  done
}

is_well() {
  [[ $(cat "$WARREN_STATE/complete" 2>/dev/null) == "$(bin_dir)" ]] &&
    [[ -z $(missing_process) ]] && all_links_are_up && nodes_are_ready "${MACHINES[@]}" >/dev/null 2>&1 &&
    all_machines_are_open
}

# A test bed that was complete once, with the same programs, and whose host has not restarted since.
is_repairable() {
  [[ $(cat "$WARREN_STATE/complete" 2>/dev/null) == "$(bin_dir)" ]] && group_exists host
}

need_space() { # FOLDER GIB VARIABLE
  local free
  mkdir -p "$1"
  free=$(df --block-size=1G --output=avail "$1" | tail -n 1)
  ((free >= $2)) || fail "$1 has ${free// /} GiB free and needs $2: free some, or set $3 to a folder of another disk"
}

start_everything() {
  local missing
  mkdir -p "$CERTIFICATES" "$CONFIG" "$LOGS" "$PIDS"
  touch "$WARREN_STATE/.warren-testbed"
  echo "${#MACHINES[@]}" >"$WARREN_STATE/machines"
  ensure_packages
  ensure_kernel
  ensure_binaries
  ensure_certificates
  make_group host
  ensure_bridge
  ensure_control_plane
  ensure_dns
  ensure_storage
  ensure_machines
  wait_for_nodes
  open_machines
  missing=$(missing_process)
  [[ -z $missing ]] || fail "$missing does not stay up" "$LOGS/$missing.log"
  bin_dir >"$WARREN_STATE/complete"
}

# More machines than there are; one that is there stays.
ask_for_machines() { # N
  (($1 >= 3 && $1 <= ${#ALL_MACHINES[@]})) || fail "$1 is not a possible number of machines: 3 to ${#ALL_MACHINES[@]}"
  (($1 <= ${#MACHINES[@]})) || MACHINES=("${ALL_MACHINES[@]:0:$1}")
}

up() { # [N]
  local repaired
  lock
  ask_for_machines "${1:-3}"
  need_cgroups
  if is_well; then
    step "the test bed is up"
    return
  fi
  if is_repairable; then
    step "repairing the test bed"
    # In its own process, because a step that fails ends it; and not in a condition, where bash
    # would not end at a failure.
    set +e
    (set -e && start_everything)
    repaired=$?
    set -e
    if ((repaired == 0)); then
      step "the test bed is up"
      return
    fi
    step "the repair failed: starting from scratch"
  fi
  clean
  need_space "$WARREN_STATE" 5 WARREN_STATE
  start_everything
  step "the test bed is up"
}

down() {
  lock
  clean
  step "the test bed is gone"
}

status() {
  local name n state
  need_testbed
  for name in "${HOST_PROCESSES[@]}"; do
    alive "$name" && state=running || state="NOT RUNNING"
    printf '%-24s %s\n' "$name" "$state"
  done
  for n in "${MACHINES[@]}"; do
    if machine_was_killed "$n"; then
      state=killed
    elif ! machine_is_alive "$n"; then
      state=BROKEN
    elif ! link_is_up "$n"; then
      state="link cut"
    else
      state=running
    fi
    printf '%-24s %s\n' "machine n$n" "$state"
  done
  run_tool kubectl get nodes -L topology.kubernetes.io/zone
  is_well
}
