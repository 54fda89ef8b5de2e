# shellcheck shell=bash
# One bridge on the host; for each machine a network namespace with one link to it. The namespaces
# have no default route: nothing leaves this machine.

in_machine() { # N COMMAND...: in the network of a machine
  local n=$1
  shift
  nsenter --net="/run/netns/warren-n$n" -- "$@"
}

ensure_bridge() {
  if ! ip link show "$BRIDGE" >/dev/null 2>&1; then
    # With a fixed hardware address, for a bridge otherwise takes one of its ports' and changes it
    # when a port is added; the first machine would then lose the API server for a minute.
    ip link add "$BRIDGE" address 02:57:41:52:00:01 type bridge
  fi
  ip address replace "$HOST_ADDRESS/24" dev "$BRIDGE"
  ip link set "$BRIDGE" up
}

ensure_machine_network() { # N
  local n=$1 other
  if [[ ! -e /run/netns/warren-n$n ]]; then
    ip netns add "warren-n$n"
    ip link add "warren-n$n" type veth peer name eth0 netns "warren-n$n"
    ip link set "warren-n$n" master "$BRIDGE"
    in_machine "$n" ip link set lo up
    in_machine "$n" ip address add "$(machine_address "$n")/24" dev eth0
    in_machine "$n" ip link set eth0 up
    for other in "${ALL_MACHINES[@]}"; do
      [[ $other == "$n" ]] ||
        in_machine "$n" ip route add "$(pod_subnet "$other")" via "$(machine_address "$other")"
    done
    in_machine "$n" sysctl -qw net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=1
  fi
  ip route replace "$(pod_subnet "$n")" via "$(machine_address "$n")"
  link_up "$n"
}

link_up() { ip link set "warren-n$1" up; } # N

link_down() { ip link set "warren-n$1" down; } # N

link_is_up() { [[ $(ip -br link show "warren-n$1" 2>/dev/null) == *",UP,"* ]]; } # N

remove_machine_network() { # N
  # The link first: a namespace goes in the background and would keep its name taken for a while.
  ip link delete "warren-n$1" 2>/dev/null || true
  ip netns delete "warren-n$1" 2>/dev/null || true
}

remove_network() {
  local n
  for n in "${ALL_MACHINES[@]}"; do
    remove_machine_network "$n"
  done
  ip link delete "$BRIDGE" 2>/dev/null || true
}
