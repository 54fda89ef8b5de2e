# shellcheck shell=bash
# Installs the Debian packages that the test bed needs and the machine lacks.

PACKAGES=(
  conntrack containerd containernetworking-plugins iproute2 iptables jq mount openssl procps runc util-linux
)

package_installed() { [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

ensure_packages() {
  local package missing=() log=$LOGS/packages.log
  # One query for all is much faster than one each; only a gap is worth looking at closely.
  [[ $(dpkg-query -W -f '${db:Status-Status}\n' "${PACKAGES[@]}" 2>/dev/null | grep -cx installed) == "${#PACKAGES[@]}" ]] &&
    return
  for package in "${PACKAGES[@]}"; do
    package_installed "$package" || missing+=("$package")
  done
  step "installing packages: ${missing[*]}"
  {
    apt-get update &&
      DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
  } </dev/null >"$log" 2>&1 || fail "installing packages failed" "$log"
  # The test bed runs containerd itself, one for each machine; the package would run one more.
  if [[ " ${missing[*]} " == *" containerd "* && -d /run/systemd/system ]]; then
    systemctl disable --now containerd >>"$log" 2>&1
  fi
}
