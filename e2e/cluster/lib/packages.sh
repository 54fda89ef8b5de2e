# shellcheck shell=bash
# Installs what the machine lacks from its Debian or Ubuntu archive. Never removes or stops anything that is there.

CNI_FOLDERS=(/usr/lib/cni /opt/cni/bin /usr/libexec/cni)

cni_dir() {
  local dir
  for dir in "${CNI_FOLDERS[@]}"; do
    [[ ! -x $dir/bridge || ! -x $dir/host-local || ! -x $dir/portmap ]] || { echo "$dir" && return; }
  done
  return 1
}

programs() { # NAME...: whether all are there; a function of that name is no program
  local name
  for name in "$@"; do type -P "$name" || return; done
}

# PACKAGE=COMMAND: the package is missing when the command fails. Not asked by the name of the package, because
# the programs may be there without it: Docker brings a containerd and a runc that exclude Debian's.
NEEDS=(
  "conntrack=programs conntrack"
  "containerd=programs containerd ctr"
  "containernetworking-plugins=cni_dir"
  "iproute2=programs ip ss"
  "iptables=programs iptables iptables-restore"
  "jq=programs jq"
  "mount=programs mount umount"
  "openssl=programs openssl"
  "procps=programs sysctl"
  "runc=programs runc"
  "util-linux=programs flock nsenter setsid unshare"
)

missing_packages() { # PACKAGE=COMMAND...
  local need
  for need in "$@"; do
    # shellcheck disable=SC2086 # a command and its arguments
    ${need#*=} >/dev/null 2>&1 || echo "${need%%=*}"
  done
}

install_packages() { # LOG PACKAGE...
  local log=$1 removed
  shift
  command -v apt-get >/dev/null || fail "install what Debian calls $*: this system has no apt-get to do it"
  [[ $EUID == 0 ]] || fail "must be run as root to install $*"
  step "installing packages: $*"
  {
    # A repository that fails is not always one that matters here: the installation decides.
    apt-get -o DPkg::Lock::Timeout=600 update
    DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 LC_ALL=C.UTF-8 apt-get -o DPkg::Lock::Timeout=600 \
      install -y --no-install-recommends --no-remove "$@"
  } </dev/null >"$log" 2>&1 && return
  removed=$(sed -n '/will be REMOVED:/,/^[^ ]/{/^ /p}' "$log" | xargs)
  [[ -z $removed ]] || fail "apt-get would have to remove $removed to install $*: solve this by hand, nothing was removed"
  fail "installing packages failed" "$log"
}

ensure_packages() {
  local missing other_containerd=
  mapfile -t missing < <(missing_packages "${NEEDS[@]}")
  ((${#missing[@]})) || return 0
  [[ ! -d /run/systemd/system ]] || other_containerd=$(systemctl list-unit-files --no-legend containerd.service || true)
  install_packages "$LOGS/packages.log" "${missing[@]}"
  # The test bed runs containerd itself, one for each machine; the package that was just installed runs one more.
  if [[ " ${missing[*]} " == *" containerd "* && -d /run/systemd/system && -z $other_containerd ]]; then
    systemctl disable --now containerd >>"$LOGS/packages.log" 2>&1
  fi
}
