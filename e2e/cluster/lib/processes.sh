# shellcheck shell=bash
# Long-running processes, each in a group of cgroups.sh. The pid files hold the pid and its start time, so that
# a reused pid is not mistaken for the process.

# In clock ticks since boot; nothing for one that has died and is not reaped yet. The program's
# name, which precedes the state, may contain spaces.
start_time() { # PID
  sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk '$1 != "Z" { print $20 }'
}

alive() { # NAME
  local pid started
  [[ -s $PIDS/$1 ]] && read -r pid started <"$PIDS/$1" && [[ -n $started && $(start_time "$pid") == "$started" ]]
}

# A lost connection is noticed in 8 s instead of 45 s, so that a restored machine is back at once.
PROCESS_ENVIRONMENT=(
  "HTTP2_READ_IDLE_TIMEOUT_SECONDS=$((5 * WARREN_PATIENCE))" "HTTP2_PING_TIMEOUT_SECONDS=$((3 * WARREN_PATIENCE))"
)

ensure_process() { # NAME GROUP COMMAND...
  local name=$1 group=$2 namespace=()
  shift 2
  alive "$name" && return
  # Not `ip netns exec`: it makes a mount namespace too, where containerd would not see the kubelet's volumes.
  [[ $group == host ]] || namespace=(nsenter --net="/run/netns/warren-$group" --)
  (
    join_group "$group" "$BASHPID"
    ulimit -n "$(ulimit -Hn)"
    [[ -z ${TESTBED_LOCK:-} ]] || exec {TESTBED_LOCK}>&-
    # An empty environment: a proxy setting of the caller must not reach the machines.
    exec setsid "${namespace[@]}" env -i "PATH=$(bin_dir):/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin" \
      "HOME=$WARREN_STATE" "${PROCESS_ENVIRONMENT[@]}" "$@"
  ) </dev/null >>"$LOGS/$name.log" 2>&1 &
  echo "$! $(start_time "$!")" >"$PIDS/$name"
  disown
}
