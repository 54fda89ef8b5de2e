# shellcheck shell=bash
# One bridge on the host; for each machine a network namespace with one link to it. The namespaces
# have no default route: nothing leaves this machine.

in_machine() { # N COMMAND...: in the network of a machine
  local n=$1
  shift
  nsenter --net="/run/netns/warren-n$n" -- "$@"
}

# The route that something else of this host has to NETWORK or to a part of it. A wider one, such as that of a VPN,
# still serves the rest.
foreign_route() { # NETWORK
  ip -4 route show table all root "$1" | grep -vE " dev $BRIDGE( |$)" | head -n 1 || true
}

need_free_networks() {
  local n route
  route=$(foreign_route "$MACHINE_NETWORK")
  [[ -z $route ]] ||
    fail "$MACHINE_NETWORK is in use, see \`ip route\` ($route): set WARREN_NETWORK to another one, such as 10.189.7"
  for n in "${MACHINES[@]}"; do
    route=$(foreign_route "$(pod_subnet "$n")")
    [[ -z $route ]] || fail "$(pod_subnet "$n") is in use, see \`ip route\` ($route): the pods need it, free it"
  done
}

# What a process of the host is going to listen on. A program that listens on all addresses is in the way.
need_free_ports() { # PROCESS PORT...
  local process=$1 port other
  shift
  ! alive "$process" || return 0
  for port in "$@"; do
    other=$(ss -Hlntup "sport = :$port" | awk -v port="$port" -v address="$HOST_ADDRESS" '
      $5 == "0.0.0.0:" port || $5 == "*:" port || $5 == address ":" port {
        split($7, user, /[",=]/)
        print user[2] ? user[2] " (process " user[5] ")" : "another program"
        exit
      }')
    [[ -z $other ]] || fail "$process needs port $port of $HOST_ADDRESS, which $other uses: stop that"
  done
}

# A firewall of the host that drops unknown traffic, as Docker's and ufw's do, also drops traffic through the bridge and
# from the machines to the control plane.
let_machines_through() {
  if iptables -S DOCKER-USER >/dev/null 2>&1; then
    accept DOCKER-USER -i "$BRIDGE" -o "$BRIDGE"
  elif drops FORWARD; then
    accept FORWARD -i "$BRIDGE" -o "$BRIDGE"
  fi
  if drops INPUT; then accept INPUT -i "$BRIDGE"; fi
}

drops() { iptables -S "$1" | grep -qx -e "-P $1 DROP"; } # CHAIN

accept() { # CHAIN MATCH...
  iptables -C "$@" -j ACCEPT 2>/dev/null || iptables -I "$@" -j ACCEPT
}

remove_firewall_rules() {
  local rule
  while read -ra rule; do
    iptables "${rule[@]}"
  done < <(iptables -S 2>/dev/null | sed -n "/ $BRIDGE /s/^-A/-D/p")
}

ensure_bridge() {
  if ! ip link show "$BRIDGE" >/dev/null 2>&1; then
    need_free_networks
    # With a fixed hardware address, because a bridge otherwise takes one of its ports' and changes it
    # when a port is added; the first machine would then lose the API server for a minute.
    ip link add "$BRIDGE" address 02:57:41:52:00:01 type bridge
  fi
  ip address replace "$HOST_ADDRESS/24" dev "$BRIDGE"
  ip link set "$BRIDGE" up
  let_machines_through
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

# Until it is ended, for ten minutes at most. A file has its header once its link is watched.
capture() { # FOLDER
  local n
  need_testbed
  programs tcpdump >/dev/null || install_packages "$LOGS/packages.log" tcpdump >&2
  for n in "${MACHINES[@]}"; do
    timeout 600 tcpdump -i "warren-n$n" -n -s 0 -B 16384 -U -Z root -w "$1/n$n.pcap" 2>>"$LOGS/capture.log" &
  done
  # shellcheck disable=SC2046 # one word for each process
  trap 'kill $(jobs -p); wait' TERM INT
  wait
}

link_is_up() { [[ $(ip -br link show "warren-n$1" 2>/dev/null) == *",UP,"* ]]; } # N

remove_machine_network() { # N
  # The link first: a namespace is deleted in the background and would keep the name for a while.
  ip link delete "warren-n$1" 2>/dev/null || true
  ip netns delete "warren-n$1" 2>/dev/null || true
}

remove_network() {
  local n
  for n in "${ALL_MACHINES[@]}"; do
    remove_machine_network "$n"
  done
  ip link delete "$BRIDGE" 2>/dev/null || true
  remove_firewall_rules
}
