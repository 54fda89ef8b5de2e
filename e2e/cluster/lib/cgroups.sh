# shellcheck shell=bash
# Groups of processes ("host", "n1", ...). A group is a cgroup, so that it can be killed with everything that
# its processes have started, and nothing else. Only this file knows that there are two versions of cgroups:
# each defines has_controller, group_dir, make_group, join_group, kill_group and remove_groups.

CGROUPS=/sys/fs/cgroup
CGROUP_ROOT=warren-testbed

# The weight of the whole test bed when the processors are busy: four times that of a process of the host, because it is
# many machines. The control plane has four times the weight of a machine.
WEIGHT=4

need_cgroups() {
  local controller
  [[ -e $CGROUPS/pids/cgroup.procs || -e $CGROUPS/cgroup.controllers ]] ||
    fail "no cgroups at $CGROUPS: mount them (mount -t cgroup2 cgroup2 $CGROUPS)"
  for controller in cpu cpuset memory pids; do
    has_controller "$controller" ||
      fail "no cgroup controller '$controller' at $CGROUPS: enable it in the kernel (cgroup_enable=$controller)"
  done
}

group_exists() { [[ -d $(group_dir "$1") ]]; } # NAME

group_pids() { # NAME
  find "$(group_dir "$1")" -name cgroup.procs -exec cat {} + 2>/dev/null || true
}

remove_folders() { # FOLDER: itself and those in it; the kernel's files go with them
  [[ ! -d $1 ]] || find "$1" -depth -type d -exec rmdir {} +
}

remove_hierarchy() { # FOLDER
  # The kernel needs a moment to release processes that have died.
  wait_until 20 remove_folders "$1" || fail "cannot remove the cgroup $1: something runs in it"
}

# ---- Version 1: a hierarchy for each controller. A group is a folder in all of them. A host may mount version 2
# beside it, but only one of the two can have a controller.
if [[ -e $CGROUPS/pids/cgroup.procs ]]; then

  has_controller() { [[ -e $CGROUPS/$1/cgroup.procs ]]; } # NAME

  make_group() { # NAME
    local hierarchy dir file
    for hierarchy in "$CGROUPS"/*/; do
      dir=$hierarchy$CGROUP_ROOT/$1
      [[ -e $hierarchy/cgroup.procs ]] || continue
      mkdir -p "$dir"
      # A new cpuset is empty and accepts no process until it has processors.
      if [[ -e $dir/cpuset.cpus ]]; then
        for file in cpuset.cpus cpuset.mems; do
          cat "$hierarchy$file" >"$hierarchy$CGROUP_ROOT/$file"
          cat "$hierarchy$file" >"$dir/$file"
        done
      fi
      if [[ -e $dir/cpu.shares ]]; then
        echo $((WEIGHT * 1024)) >"$hierarchy$CGROUP_ROOT/cpu.shares"
        [[ $1 != host ]] || echo $((WEIGHT * 1024)) >"$dir/cpu.shares"
      fi
    done
  }

  # The kubelet puts pods into all hierarchies; to find the processes, one is enough.
  group_dir() { echo "$CGROUPS/pids/$CGROUP_ROOT/$1"; } # NAME

  # In the hierarchies of the processors too, or the pods would get more of them than the programs that run the pods.
  join_group() { # NAME PID
    local controller
    for controller in pids cpu cpuacct; do echo "$2" >"$CGROUPS/$controller/$CGROUP_ROOT/$1/cgroup.procs"; done
  }

  kill_once() { # NAME
    group_pids "$1" | xargs --no-run-if-empty kill -KILL 2>/dev/null || true
    [[ -z $(group_pids "$1") ]]
  }

  kill_group() { # NAME
    # Repeatedly, because a process may start another one between the listing and the kill.
    wait_until 20 kill_once "$1" || fail "processes of $1 do not die: $(group_pids "$1" | xargs)"
  }

  remove_groups() { # [NAME]: all without one
    local hierarchy
    for hierarchy in "$CGROUPS"/*/; do
      remove_hierarchy "$hierarchy$CGROUP_ROOT${1:+/$1}"
    done
  }

# ---- Version 2: one hierarchy, in which a group has either processes or subgroups with controllers. So the
# processes of the test bed are in GROUP/system, and the pods of a machine in GROUP/kubepods.
else

  has_controller() { grep -qsw "$1" "$CGROUPS/cgroup.controllers"; } # NAME

  group_dir() { echo "$CGROUPS/$CGROUP_ROOT/$1"; } # NAME

  # From then on systemd cannot take them away from the root: the kernel keeps what a subgroup has passed on.
  pass_controllers_on() { # FOLDER
    local controller
    for controller in $(<"$1/cgroup.controllers"); do
      case $controller in cpu | cpuset | io | memory | pids | hugetlb) ;; *) continue ;; esac
      echo "+$controller" 2>/dev/null >"$1/cgroup.subtree_control" ||
        fail "cannot enable the cgroup controller '$controller' below $1: in a container, run this on its host"
    done
  }

  make_group() { # NAME
    local dir
    dir=$(group_dir "$1")
    mkdir -p "$dir/system" || fail "cannot make the cgroup $dir"
    [[ -e $dir/cgroup.kill ]] || fail "this kernel cannot kill a cgroup: Linux 5.14 or newer is needed"
    pass_controllers_on "$CGROUPS"
    pass_controllers_on "${dir%/*}"
    pass_controllers_on "$dir"
    echo $((WEIGHT * 100)) >"${dir%/*}/cpu.weight"
    [[ $1 != host ]] || echo $((WEIGHT * 100)) >"$dir/cpu.weight"
  }

  join_group() { echo "$2" >"$(group_dir "$1")/system/cgroup.procs"; } # NAME PID

  group_is_empty() { grep -qx 'populated 0' "$(group_dir "$1")/cgroup.events"; } # NAME

  kill_group() { # NAME
    group_exists "$1" || return 0
    echo 1 >"$(group_dir "$1")/cgroup.kill"
    wait_until 20 group_is_empty "$1" ||
      fail "processes of $1 do not die: $(group_pids "$1" | xargs)"
  }

  remove_groups() { remove_hierarchy "$CGROUPS/$CGROUP_ROOT${1:+/$1}"; } # [NAME]: all without one

fi
