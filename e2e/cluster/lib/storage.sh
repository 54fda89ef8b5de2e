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
  # The events only wake the loop; each time it checks everything, so a lost event does no harm.
  while true; do
    watch_volumes | while read -r -t 30 _ || (($? > 128)); do
      while read -r -t 0.2 _; do :; done
      settle_volumes || echo "a pass failed; the next one tries again"
    done || true
    wait_until 3600 kubectl get --raw /readyz || true
  done
}

watch_volumes() {
  local watches
  kubectl get persistentvolumeclaims --all-namespaces --watch -o name &
  watches=$!
  kubectl get persistentvolumes --watch -o name &
  watches+=" $!"
  # When one watch has ended, both start over.
  wait -n || true
  # shellcheck disable=SC2086 # two pids
  kill $watches 2>/dev/null || true
}

settle_volumes() {
  local claims volumes namespace name uid node size modes mode volume
  claims=$(kubectl get persistentvolumeclaims --all-namespaces -o json) || return
  volumes=$(kubectl get persistentvolumes -o json) || return

  while read -r namespace name uid node size mode modes; do
    make_volume "pvc-$uid" "$namespace" "$name" "$uid" "$node" "$size" "$mode" "$modes"
  done < <(jq -r --arg provisioner "$STORAGE_PROVISIONER" --argjson volumes "$volumes" '
    ($volumes.items | map({ key: .metadata.name, value: true }) | from_entries) as $made
    | .items[]
    | select(.status.phase == "Pending" and (.spec.volumeName // "") == "")
    | select(.metadata.annotations["volume.kubernetes.io/storage-provisioner"] == $provisioner)
    | select(.metadata.annotations["volume.kubernetes.io/selected-node"])
    | select($made["pvc-" + .metadata.uid] | not)
    | [.metadata.namespace, .metadata.name, .metadata.uid,
       .metadata.annotations["volume.kubernetes.io/selected-node"], .spec.resources.requests.storage,
       .spec.volumeMode // "Filesystem", (.spec.accessModes | tojson)] | join(" ")' <<<"$claims")

  while read -r node volume; do
    remove_volume "$node" "$volume"
  done < <(jq -r --arg provisioner "$STORAGE_PROVISIONER" '
    .items[]
    | select(.metadata.annotations["pv.kubernetes.io/provisioned-by"] == $provisioner)
    | select(.status.phase == "Released" or .status.phase == "Failed")
    | select(.spec.persistentVolumeReclaimPolicy == "Delete")
    | [.metadata.labels["warren.test/node"], .metadata.name] | join(" ")' <<<"$volumes")

  while read -r namespace name volume size; do
    grow_volume "$namespace" "$name" "$volume" "$size"
  done < <(jq -r '
    .items[]
    | select(.status.phase == "Bound" and .spec.resources.requests.storage != .status.capacity.storage)
    | select(.spec.volumeName == "pvc-" + .metadata.uid)
    | [.metadata.namespace, .metadata.name, .spec.volumeName, .spec.resources.requests.storage]
    | join(" ")' <<<"$claims")
}

make_volume() { # VOLUME NAMESPACE CLAIM UID NODE SIZE MODE ACCESS-MODES
  local dir
  dir=$(volume_dir "$5" "$1")
  # Open to all users, as a fresh disk with an fsGroup would be.
  mkdir -p "$dir" && chmod 0777 "$dir"
  kubectl create -f - <<YAML
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
  kubectl delete persistentvolume "$2" --wait=false
}

grow_volume() { # NAMESPACE CLAIM VOLUME SIZE: a folder needs no work to be larger
  kubectl patch persistentvolume "$3" -p "{\"spec\":{\"capacity\":{\"storage\":\"$4\"}}}"
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
