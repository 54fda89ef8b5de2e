# shellcheck shell=bash
# etcd, API server, controller manager and scheduler, on the host's network. All listen on the
# bridge's address only, where no other program of the host can be in the way.

ETCD_URL=https://$HOST_ADDRESS:2379
ETCD_PEER_URL=http://$HOST_ADDRESS:2380

write_control_plane_config() {
  # The audit log answers "who wrote what"; leases and events are left out, because they never stop.
  cat >"$CONFIG/audit-policy.yaml" <<'YAML'
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: None
    resources:
      - { group: coordination.k8s.io, resources: [leases] }
      - { group: "", resources: [events] }
      - { group: events.k8s.io, resources: [events] }
  - level: Metadata
    verbs: [create, update, patch, delete, deletecollection]
  - level: None
YAML
}

api_is_ready() { run_tool kubectl get --raw /readyz; }

start_control_plane() {
  need_free_ports etcd 2379 2380
  need_free_ports kube-apiserver 6443
  need_free_ports kube-controller-manager 10257
  need_free_ports kube-scheduler 10259
  ensure_process etcd host etcd --name warren --data-dir "$WARREN_STATE/etcd" --unsafe-no-fsync \
    --listen-client-urls "$ETCD_URL" --advertise-client-urls "$ETCD_URL" \
    --cert-file "$CERTIFICATES/etcd.crt" --key-file "$CERTIFICATES/etcd.key" \
    --trusted-ca-file "$CERTIFICATES/ca.crt" --client-cert-auth \
    --listen-peer-urls "$ETCD_PEER_URL" --initial-advertise-peer-urls "$ETCD_PEER_URL" \
    --initial-cluster "warren=$ETCD_PEER_URL" --log-level warn
  ensure_process kube-apiserver host kube-apiserver \
    --etcd-servers "$ETCD_URL" --etcd-cafile "$CERTIFICATES/ca.crt" \
    --etcd-certfile "$CERTIFICATES/etcd.crt" --etcd-keyfile "$CERTIFICATES/etcd.key" \
    --bind-address "$HOST_ADDRESS" --advertise-address "$HOST_ADDRESS" \
    --service-cluster-ip-range "$SERVICE_NETWORK" \
    --client-ca-file "$CERTIFICATES/ca.crt" \
    --tls-cert-file "$CERTIFICATES/kube-apiserver.crt" --tls-private-key-file "$CERTIFICATES/kube-apiserver.key" \
    --kubelet-certificate-authority "$CERTIFICATES/ca.crt" \
    --kubelet-client-certificate "$CERTIFICATES/kubelet-client.crt" \
    --kubelet-client-key "$CERTIFICATES/kubelet-client.key" \
    --kubelet-preferred-address-types InternalIP \
    --service-account-issuer https://kubernetes.default.svc.cluster.local \
    --service-account-key-file "$CERTIFICATES/service-account.pub" \
    --service-account-signing-key-file "$CERTIFICATES/service-account.key" \
    --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction --allow-privileged=true \
    --enable-aggregator-routing=true \
    --requestheader-client-ca-file "$CERTIFICATES/front-proxy-ca.crt" \
    --requestheader-allowed-names front-proxy-client \
    --requestheader-username-headers X-Remote-User --requestheader-group-headers X-Remote-Group \
    --requestheader-extra-headers-prefix X-Remote-Extra- \
    --proxy-client-cert-file "$CERTIFICATES/front-proxy-client.crt" \
    --proxy-client-key-file "$CERTIFICATES/front-proxy-client.key" \
    --audit-policy-file "$CONFIG/audit-policy.yaml" --audit-log-path "$AUDIT_LOG" \
    --profiling=false
  # The other two end at once if they come before the roles that the API server makes for them.
  wait_until 60 api_is_ready || fail "the API server does not become ready" "$LOGS/kube-apiserver.log"
  ensure_process kube-controller-manager host kube-controller-manager \
    --bind-address "$HOST_ADDRESS" --kubeconfig "$CONFIG/controller-manager.kubeconfig" \
    --authentication-kubeconfig "$CONFIG/controller-manager.kubeconfig" \
    --authorization-kubeconfig "$CONFIG/controller-manager.kubeconfig" \
    --root-ca-file "$CERTIFICATES/ca.crt" \
    --service-account-private-key-file "$CERTIFICATES/service-account.key" \
    --cluster-signing-cert-file "$CERTIFICATES/ca.crt" --cluster-signing-key-file "$CERTIFICATES/ca.key" \
    --use-service-account-credentials --leader-elect=false --profiling=false \
    --node-monitor-period=2s --node-monitor-grace-period="$((20 * WARREN_PATIENCE))s"
  ensure_process kube-scheduler host kube-scheduler \
    --bind-address "$HOST_ADDRESS" --kubeconfig "$CONFIG/scheduler.kubeconfig" \
    --authentication-kubeconfig "$CONFIG/scheduler.kubeconfig" \
    --authorization-kubeconfig "$CONFIG/scheduler.kubeconfig" --leader-elect=false --profiling=false
}

ensure_control_plane() {
  alive etcd && alive kube-apiserver && alive kube-controller-manager && alive kube-scheduler && return
  step "starting the control plane"
  write_control_plane_config
  start_control_plane
}

api_command() { # api-down|api-up
  local pid
  need_testbed
  lock
  case $1 in
    api-down)
      read -r pid _ <"$PIDS/kube-apiserver"
      alive kube-apiserver || fail "the API server does not run"
      kill -KILL "$pid"
      step "the API server is gone"
      ;;
    api-up)
      start_control_plane
      step "the API server is ready"
      ;;
  esac
}
