# shellcheck shell=bash
# Long-running processes. Each belongs to a group ("host", "n1", ...), which is a cgroup, so that the
# group can be killed with everything its processes have started, and nothing else. The pid files
# hold the pid and its start time, so that a pid which the system gave to another is not mistaken.

CGROUPS=/sys/fs/cgroup
CGROUP_ROOT=warren-testbed

make_cgroup() { # NAME
  local hierarchy dir file
  for hierarchy in "$CGROUPS"/*/; do
    dir=$hierarchy$CGROUP_ROOT/$1
    [[ -e $hierarchy/cgroup.procs ]] || continue
    mkdir -p "$dir"
    # A new cpuset is empty and takes no process until it is told which processors it has.
    if [[ -e $dir/cpuset.cpus ]]; then
      for file in cpuset.cpus cpuset.mems; do
        cat "$hierarchy$file" >"$hierarchy$CGROUP_ROOT/$file"
        cat "$hierarchy$file" >"$dir/$file"
      done
    fi
  done
}

remove_cgroups() { # [NAME]
  local hierarchy
  for hierarchy in "$CGROUPS"/*/; do
    [[ -d $hierarchy$CGROUP_ROOT/${1:-} ]] || continue
    find "$hierarchy$CGROUP_ROOT/${1:-}" -depth -type d -exec rmdir {} + 2>/dev/null || true
  done
}

group_dir() { echo "$CGROUPS/pids/$CGROUP_ROOT/$1"; }

group_pids() { # GROUP
  find "$(group_dir "$1")" -name cgroup.procs -exec cat {} + 2>/dev/null || true
}

group_is_empty() { [[ -z $(group_pids "$1") ]]; }

kill_once() { # GROUP
  group_pids "$1" | xargs --no-run-if-empty kill -KILL 2>/dev/null || true
  group_is_empty "$1"
}

kill_group() { # GROUP
  # Again and again, because a process may start another one between the look and the kill.
  wait_until 20 kill_once "$1" || fail "processes of $1 do not die: $(group_pids "$1" | xargs)"
}

# In clock ticks since boot; nothing for one that has died and is only not yet reaped. The program's
# name, which stands before the state, may hold spaces.
start_time() { # PID
  sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk '$1 != "Z" { print $20 }'
}

alive() { # NAME
  local pid started
  [[ -s $PIDS/$1 ]] && read -r pid started <"$PIDS/$1" && [[ -n $started && $(start_time "$pid") == "$started" ]]
}

# A lost connection is noticed in 8 s instead of 45 s, so that a restored machine is back at once.
PROCESS_ENVIRONMENT=(HTTP2_READ_IDLE_TIMEOUT_SECONDS=5 HTTP2_PING_TIMEOUT_SECONDS=3)

ensure_process() { # NAME GROUP COMMAND...
  local name=$1 group=$2 namespace=()
  shift 2
  alive "$name" && return
  # Not `ip netns exec`: it makes a mount namespace too, where containerd would not see the kubelet's volumes.
  [[ $group == host ]] || namespace=(nsenter --net="/run/netns/warren-$group" --)
  (
    echo "$BASHPID" >"$(group_dir "$group")/cgroup.procs"
    ulimit -n "$(ulimit -Hn)"
    [[ -z ${TESTBED_LOCK:-} ]] || exec {TESTBED_LOCK}>&-
    # An empty environment: a proxy setting of the caller must not reach the machines.
    exec setsid "${namespace[@]}" env -i "PATH=$(bin_dir):/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin" \
      "HOME=$WARREN_STATE" "${PROCESS_ENVIRONMENT[@]}" "$@"
  ) </dev/null >>"$LOGS/$name.log" 2>&1 &
  echo "$! $(start_time "$!")" >"$PIDS/$name"
  disown
}
