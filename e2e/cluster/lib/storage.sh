# shellcheck shell=bash
# Volumes: a default StorageClass whose volumes are folders on the disk of the machine that the pod
# is scheduled to. A small loop is their provisioner: it makes a volume for each claim that waits for
# one, so there is no pool to exhaust, empties and removes what was released, and grows claims.

ensure_storage() {
  alive storage && return
  step "starting the volume provisioner"
  run_tool kubectl apply -f - >>"$LOGS/storage.log" 2>&1 <<YAML || fail "preparing storage failed" "$LOGS/storage.log"
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: local
  annotations: { storageclass.kubernetes.io/is-default-class: "true" }
provisioner: $STORAGE_PROVISIONER
volumeBindingMode: WaitForFirstConsumer
reclaimPolicy: Delete
allowVolumeExpansion: true
YAML
  ensure_process storage host env "WARREN_STATE=$WARREN_STATE" "WARREN_CACHE=$WARREN_CACHE" \
    "KUBECONFIG=$CONFIG/storage.kubeconfig" "$TESTBED_HOME/testbed" volume-loop
}

volume_dir() { echo "$(machine_dir "${1#n}")/volumes/$2"; } # NODE VOLUME

volume_loop() {
  local events watches
  while true; do
    # Both watches begin with everything that there is. So when one has ended, or a change failed, all is looked at
    # again.
    exec {events}< <(watch_volumes)
    watches=$!
    settle_volumes <&"$events" || { echo "a change failed: everything is looked at again" && sleep 1; }
    # It runs on only after a failed change: otherwise it has ended, and there is nothing to stop.
    kill "$watches" 2>/dev/null || true
    exec {events}<&-
    wait_until 3600 kubectl get --raw /readyz || true
  done
}

# Prints what there is to do for claims and volumes: one of the functions below, with its arguments, on each line.
watch_volumes() {
  local watch=(--watch --output-watch-events --output json)
  trap 'kill $(jobs -p) 2>/dev/null' EXIT
  trap exit TERM
  # shellcheck disable=SC2016 # jq's own $provisioner
  kubectl get persistentvolumeclaims --all-namespaces "${watch[@]}" | todo '
    if .status.phase == "Pending" and (.spec.volumeName // "") == ""
      and .metadata.annotations["volume.kubernetes.io/storage-provisioner"] == $provisioner
      and .metadata.annotations["volume.kubernetes.io/selected-node"]
    then
      ["make_volume", "pvc-" + .metadata.uid, .metadata.namespace, .metadata.name, .metadata.uid,
       .metadata.annotations["volume.kubernetes.io/selected-node"], .spec.resources.requests.storage,
       .spec.volumeMode // "Filesystem", (.spec.accessModes | tojson)]
    elif .status.phase == "Bound" and .spec.volumeName == "pvc-" + .metadata.uid
      and .spec.resources.requests.storage != .status.capacity.storage
    then
      ["grow_volume", .metadata.namespace, .metadata.name, .spec.volumeName, .spec.resources.requests.storage]
    else empty end' &
  # shellcheck disable=SC2016 # jq's own $provisioner
  kubectl get persistentvolumes "${watch[@]}" | todo '
    if .metadata.annotations["pv.kubernetes.io/provisioned-by"] == $provisioner
      and (.status.phase == "Released" or .status.phase == "Failed")
      and .spec.persistentVolumeReclaimPolicy == "Delete"
    then ["remove_volume", .metadata.labels["warren.test/node"], .metadata.name]
    else empty end' &
  wait -n
}

# One process for all events, because an object changes several times before there is something to do for it.
todo() { # FILTER
  jq --unbuffered --raw-output --arg provisioner "$STORAGE_PROVISIONER" \
    "select(.type != \"DELETED\") | .object | select(.metadata.deletionTimestamp == null) | $1 | join(\" \")"
}

# Does what it reads, each line once. Fails with the first that fails.
settle_volumes() {
  local line action
  local -A settled=()
  while read -r line; do
    [[ -z ${settled[$line]:-} ]] || continue
    read -ra action <<<"$line"
    "${action[@]}" || return
    settled[$line]=yes
  done
}

make_volume() { # VOLUME NAMESPACE CLAIM UID NODE SIZE MODE ACCESS-MODES
  local dir
  dir=$(volume_dir "$5" "$1")
  # Open to all users, as a fresh disk with an fsGroup would be.
  mkdir -p "$dir" && chmod 0777 "$dir" || return
  # An earlier round may have made it.
  kubectl create -f - <<YAML || kubectl get persistentvolume "$1"
apiVersion: v1
kind: PersistentVolume
metadata:
  name: $1
  labels: { warren.test/node: $5 }
  annotations: { pv.kubernetes.io/provisioned-by: $STORAGE_PROVISIONER }
spec:
  capacity: { storage: "$6" }
  volumeMode: $7
  accessModes: $8
  storageClassName: local
  persistentVolumeReclaimPolicy: Delete
  claimRef: { apiVersion: v1, kind: PersistentVolumeClaim, namespace: "$2", name: "$3", uid: "$4" }
  local: { path: "$dir" }
  nodeAffinity:
    required:
      nodeSelectorTerms:
        - matchExpressions: [{ key: kubernetes.io/hostname, operator: In, values: [$5] }]
YAML
}

remove_volume() { # NODE VOLUME
  rm -rf "$(volume_dir "$1" "$2")"
  kubectl delete persistentvolume "$2" --ignore-not-found --wait=false
}

grow_volume() { # NAMESPACE CLAIM VOLUME SIZE: a folder needs no work to be larger
  kubectl patch persistentvolume "$3" -p "{\"spec\":{\"capacity\":{\"storage\":\"$4\"}}}" || return
  kubectl -n "$1" patch persistentvolumeclaim "$2" --subresource=status \
    -p "{\"status\":{\"capacity\":{\"storage\":\"$4\"}}}"
}

wipe_volume() { # NAMESPACE CLAIM
  local volume node dir
  (($# == 2)) || fail "which volume? NAMESPACE PVC"
  need_testbed
  volume=$(run_tool kubectl -n "$1" get persistentvolumeclaim "$2" -o jsonpath='{.spec.volumeName}')
  [[ -n $volume ]] || fail "claim $2 has no volume"
  node=$(run_tool kubectl get persistentvolume "$volume" -o jsonpath='{.metadata.labels.warren\.test/node}')
  dir=$(volume_dir "$node" "$volume")
  [[ -n $node && -d $dir ]] || fail "volume $volume has no folder here"
  # Files may appear and disappear meanwhile, because the pod may be running.
  find "$dir" -mindepth 1 -delete 2>/dev/null || find "$dir" -mindepth 1 -delete
  step "emptied $volume on $node"
}
