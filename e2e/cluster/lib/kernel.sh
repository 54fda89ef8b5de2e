# shellcheck shell=bash
# What the kernel must be able to do. It is tried in a temporary network namespace, because a part that is built in
# looks like one that is missing. What is missing is loaded as a module.

has_overlay() { grep -qw overlay /proc/filesystems; }

has_bridge() { unshare --net ip link add warren-try type bridge; }

has_veth() { unshare --net ip link add warren-try type veth peer name warren-peer; }

has_br_netfilter() { unshare --net test -e /proc/sys/net/bridge/bridge-nf-call-iptables; }

# What kube-proxy and the plugin of host ports write.
has_iptables() {
  unshare --net iptables-restore <<'RULES'
*filter
-A FORWARD -m conntrack --ctstate INVALID -m comment --comment "a comment" -j DROP
-A OUTPUT -p tcp -m addrtype --dst-type LOCAL -m recent --name warren-try --rcheck --seconds 9 --reap -j REJECT
COMMIT
*nat
-A OUTPUT -p tcp -m statistic --mode random --probability 0.5 -j DNAT --to-destination 10.0.0.1:1
-A OUTPUT -p tcp -m multiport --dports 1,2 -j MARK --or-mark 0x4000
-A POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE --random-fully
COMMIT
RULES
}

ensure_kernel() {
  local module log=$LOGS/kernel.log
  : >"$log"
  for module in overlay bridge veth br_netfilter; do
    "has_$module" >>"$log" 2>&1 && continue
    { modprobe "$module" && "has_$module"; } >>"$log" 2>&1 ||
      fail "the kernel ($(uname -r)) lacks '$module' and has no such module to load" "$log"
    # Else the host's firewall would begin to filter all bridges of the host. Each machine turns it on for itself.
    [[ $module != br_netfilter ]] ||
      sysctl -qw net.bridge.bridge-nf-call-{iptables,ip6tables,arptables}=0
  done
  # The modules of iptables are many; the kernel loads each of them when a rule needs it.
  has_iptables >>"$log" 2>&1 || fail "the kernel ($(uname -r)) lacks a part of iptables that Services need" "$log"
}
