# shellcheck shell=bash
# One machine of the cluster: containerd, kubelet and kube-proxy in their own network namespace.
#
#   STATE/nN/containerd, kubelet, pod-logs, volumes   its disk, which outlives a crash
#   STATE/nN/run                                      what a real machine has in memory only

containerd_socket() { echo "$(machine_dir "$1")/run/containerd.sock"; } # N

write_machine_config() { # N
  local n=$1 dir
  dir=$(machine_dir "$n")
  mkdir -p "$dir"/{cni,containerd,kubelet,pod-logs,volumes,run}
  : >"$dir/resolv.conf"

  cat >"$dir/containerd.toml" <<TOML
version = 2
root = "$dir/containerd"
state = "$dir/run/containerd"
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs"]

[grpc]
address = "$(containerd_socket "$n")"

[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "$PAUSE_IMAGE"
netns_mounts_under_state_dir = true
# The kubelet asks for scores below its own, which takes a capability that a container host may lack.
restrict_oom_score_adj = true

[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "$(cni_dir)"
conf_dir = "$dir/cni"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
Root = "$dir/run/runc"
SystemdCgroup = false
TOML

  cat >"$dir/cni/warren.conflist" <<JSON
{
  "cniVersion": "1.0.0",
  "name": "warren-n$n",
  "plugins": [
    {
      "type": "bridge", "bridge": "pods", "isGateway": true, "ipMasq": false, "hairpinMode": true,
      "ipam": {
        "type": "host-local", "dataDir": "$dir/run/addresses",
        "ranges": [[{ "subnet": "$(pod_subnet "$n")" }]], "routes": [{ "dst": "0.0.0.0/0" }]
      }
    },
    { "type": "portmap", "capabilities": { "portMappings": true } }
  ]
}
JSON

  cat >"$dir/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $(machine_address "$n")
authentication:
  anonymous: { enabled: false }
  webhook: { enabled: true }
  x509: { clientCAFile: $CERTIFICATES/ca.crt }
authorization: { mode: Webhook }
tlsCertFile: $CERTIFICATES/kubelet-n$n.crt
tlsPrivateKeyFile: $CERTIFICATES/kubelet-n$n.key
containerRuntimeEndpoint: unix://$(containerd_socket "$n")
cgroupDriver: cgroupfs
cgroupRoot: /$CGROUP_ROOT/n$n
enforceNodeAllocatable: [pods]
failSwapOn: false
oomScoreAdj: 0
clusterDomain: cluster.local
clusterDNS: [$HOST_ADDRESS]
resolvConf: $dir/resolv.conf
podLogsDir: $dir/pod-logs
volumePluginDir: $dir/kubelet/volume-plugins
maxPods: 250
serializeImagePulls: false
$(at_risk "$n" taint)
# A lost machine is noticed after 20 to 25 s.
nodeStatusUpdateFrequency: $((5 * WARREN_PATIENCE))s
nodeStatusReportFrequency: 1m
nodeLeaseDurationSeconds: $((20 * WARREN_PATIENCE))
# Images come from files: one that is removed for lack of space does not come back.
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
evictionHard: { memory.available: 100Mi, nodefs.available: 500Mi, imagefs.available: 500Mi }
YAML

  cat >"$dir/kube-proxy.yaml" <<YAML
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
hostnameOverride: n$n
clientConnection: { kubeconfig: $CONFIG/kube-proxy.kubeconfig }
mode: iptables
clusterCIDR: $POD_NETWORK
iptables: { minSyncPeriod: 500ms }
oomScoreAdj: 0
# The sysctls behind these are the host's and may be read-only.
conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s }
YAML
}

containerd_is_ready() { ctr -a "$(containerd_socket "$1")" version; } # N

ensure_containerd() { # N
  alive "n$1-containerd" && return
  make_group "n$1"
  write_machine_config "$1"
  ensure_process "n$1-containerd" "n$1" containerd --config "$(machine_dir "$1")/containerd.toml" --log-level warn
  wait_until 30 containerd_is_ready "$1" || fail "containerd of n$1 does not start" "$LOGS/n$1-containerd.log"
}

# What marks a machine at risk; nothing for another.
at_risk() { # N label|taint
  (($1 >= FIRST_AT_RISK)) || return 0
  case $2 in
    label) echo ",warren.test/at-risk=true" ;;
    taint) echo "registerWithTaints: [{ key: warren.test/at-risk, value: 'true', effect: NoSchedule }]" ;;
  esac
}

ensure_kubelet() { # N
  local dir
  dir=$(machine_dir "$1")
  ensure_process "n$1-kubelet" "n$1" kubelet --config "$dir/kubelet.yaml" --root-dir "$dir/kubelet" \
    --cert-dir "$dir/kubelet/pki" --kubeconfig "$CONFIG/n$1.kubeconfig" --hostname-override "n$1" \
    --node-ip "$(machine_address "$1")" --node-labels "topology.kubernetes.io/zone=$(zone "$1")$(at_risk "$1" label)"
  ensure_process "n$1-kube-proxy" "n$1" kube-proxy --config "$dir/kube-proxy.yaml"
}

machine_is_alive() { alive "n$1-containerd" && alive "n$1-kubelet" && alive "n$1-kube-proxy"; } # N

machine_was_killed() { [[ -e $(machine_dir "$1")/killed ]]; } # N

start_machine() { # N
  [[ -n ${PAUSE_ARCHIVE:-} ]] || find_pause_image
  if machine_was_killed "$1"; then
    # A machine that boots has an empty memory: no mounts, no network, no runtime state.
    forget_runtime_state "$1"
    rm "$(machine_dir "$1")/killed"
  fi
  ensure_machine_network "$1"
  ensure_containerd "$1"
  ensure_image "$1" "$PAUSE_ARCHIVE"
  ensure_kubelet "$1"
}

forget_runtime_state() { # N
  kill_group "n$1"
  unmount_below "$(machine_dir "$1")"
  remove_machine_network "$1"
  remove_groups "n$1"
  rm -rf "$(machine_dir "$1")/run"
}

ensure_machines() {
  local n
  for n in "${MACHINES[@]}"; do
    if machine_is_alive "$n" && link_is_up "$n"; then continue; fi
    step "starting machine n$n"
    start_machine "$n"
  done
}

nodes_are_ready() { # N...
  local n
  # Asked through its own kubelet too: right after a loss the Node still says that it is ready.
  for n in "$@"; do
    run_tool kubectl get --raw "/api/v1/nodes/n$n/proxy/healthz" || return
  done
  run_tool kubectl wait --for=condition=Ready --timeout=0 "${@/#/node/n}"
}

wait_for_nodes() {
  nodes_are_ready "${MACHINES[@]}" >/dev/null 2>&1 && return
  step "waiting for the nodes"
  wait_until 60 nodes_are_ready "${MACHINES[@]}" || fail "the nodes do not become ready" "$LOGS/n${MACHINES[0]}-kubelet.log"
}

all_machines_are_open() {
  local cordoned
  cordoned=$(run_tool kubectl get nodes --field-selector spec.unschedulable=true -o name) && [[ -z $cordoned ]]
}

# Also after a `kubectl drain` whose test was ended before it opened the machine again.
open_machines() {
  ! all_machines_are_open || return 0
  step "opening the machines that are cordoned"
  run_tool kubectl uncordon "${MACHINES[@]/#/n}" >/dev/null
}

machine_command() { # COMMAND N
  local n=${2:-}
  n=${n#n}
  [[ " ${MACHINES[*]} " == *" $n "* && -n $n ]] || fail "which machine? one of: ${MACHINES[*]}"
  need_testbed
  lock
  case $1 in
    machine-down) link_down "$n" && step "cut the link of n$n" ;;
    machine-up)
      machine_was_killed "$n" && fail "n$n was killed: use machine-start"
      link_up "$n" && step "restored the link of n$n"
      ;;
    machine-kill)
      touch "$(machine_dir "$n")/killed"
      kill_group "n$n"
      link_down "$n"
      step "killed n$n"
      ;;
    machine-start)
      start_machine "$n"
      wait_until 60 nodes_are_ready "$n" || fail "n$n does not become ready" "$LOGS/n$n-kubelet.log"
      step "n$n is ready"
      ;;
  esac
}
