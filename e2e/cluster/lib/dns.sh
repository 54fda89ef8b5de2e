# shellcheck shell=bash
# CoreDNS for the pods. On the host, so that it outlives the loss of any machine.

ensure_dns() {
  alive coredns && return
  need_free_ports coredns 53 8181
  step "starting DNS"
  cat >"$CONFIG/Corefile" <<COREFILE
cluster.local:53 10.in-addr.arpa:53 {
  bind $HOST_ADDRESS
  errors
  ready $HOST_ADDRESS:8181
  kubernetes {
    kubeconfig $CONFIG/coredns.kubeconfig
    pods insecure
    ttl 5
  }
  cache 5
}
# There is no outside: say so at once instead of leaving clients to try again.
.:53 {
  bind $HOST_ADDRESS
  template ANY ANY {
    rcode NXDOMAIN
  }
}
COREFILE
  run_tool kubectl apply -f - >>"$LOGS/coredns.log" 2>&1 <<'YAML' || fail "preparing DNS failed" "$LOGS/coredns.log"
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: "system:coredns" }
rules:
  - { apiGroups: [""], resources: [endpoints, services, pods, namespaces], verbs: [list, watch] }
  - { apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: "system:coredns" }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "system:coredns" }
subjects: [{ apiGroup: rbac.authorization.k8s.io, kind: User, name: "system:coredns" }]
YAML
  ensure_process coredns host coredns -conf "$CONFIG/Corefile"
  wait_until 30 dns_is_ready || fail "DNS does not become ready" "$LOGS/coredns.log"
}

dns_is_ready() {
  local answer
  exec {dns}<>"/dev/tcp/$HOST_ADDRESS/8181" || return
  printf 'GET /ready HTTP/1.0\r\n\r\n' >&"$dns"
  read -r answer <&"$dns"
  exec {dns}>&-
  [[ $answer == *" 200 "* ]]
}
