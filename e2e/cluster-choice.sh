# shellcheck shell=bash
# shellcheck disable=SC2154 # here is the folder of this file, which lib.sh sets
# Which cluster demo, demo-down and install work on. Variables name another one than the test bed:
#
#                     the test bed; refused while KUBECONFIG is set, because that may mean a cluster of the user
#   CONTEXT=name      the cluster of this context of the user's kubeconfig, which is only read
#   CLUSTER=kind      a kind cluster for the demo alone, with docker or podman
#   CLUSTER=testbed   the test bed, whatever KUBECONFIG says
#
# choose_cluster sets cluster to testbed, context or kind; prepare_cluster makes it ready for the demo; use_cluster
# makes kubectl and helm work on it, and on no other.

kind_name=warren-demo
kind_kubeconfig=${WARREN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/warren}/kind-$kind_name.kubeconfig
trial=warren-demo-images # the namespace in which it is tried whether the cluster gets the images
trial_limit=${TRIAL_LIMIT:-300}

choose_cluster() {
  local target=${0##*/}
  case "${CLUSTER:-}:${CONTEXT:-}" in
    :)
      [[ -z ${KUBECONFIG:-} ]] || refuse "KUBECONFIG is set, but no cluster is named:" \
        "'make $target CONTEXT=name' uses the cluster of that context, 'env -u KUBECONFIG make $target' the test bed"
      cluster=testbed
      ;;
    testbed: | kind:) cluster=$CLUSTER ;;
    :*) cluster=context ;;
    testbed:* | kind:*) refuse "CLUSTER=$CLUSTER and CONTEXT=$CONTEXT are two clusters: name only one" ;;
    *) refuse "unknown CLUSTER=$CLUSTER: there are testbed and kind, and CONTEXT=name for one of your kubeconfig" ;;
  esac
  # For the scripts that this one calls.
  [[ $cluster == context ]] || export CLUSTER=$cluster
}

use_cluster() {
  # These would lead helm elsewhere.
  unset "${!HELM_KUBE@}"
  "use_$cluster"
}

use_testbed() {
  KUBECONFIG=$(testbed kubeconfig)
  export KUBECONFIG
  PATH=$(testbed path):$PATH
}

use_kind() {
  find_kind
  export KUBECONFIG=$kind_kubeconfig
  find_clients
}

use_context() {
  local contexts
  find_clients
  contexts=$(kubectl config get-contexts --output=name)
  grep -qxF -e "$CONTEXT" <<<"$contexts" ||
    refuse "there is no context '$CONTEXT' in ${KUBECONFIG:-~/.kube/config}; there are: ${contexts//$'\n'/, }"
  # Named with each call, so that the current context does not matter and stays as it is.
  kubectl() { command kubectl --context "$CONTEXT" "$@"; }
  # shellcheck disable=SC2317 # the scripts call it
  helm() { command helm --kube-context "$CONTEXT" "$@"; }
}

# find_kind: sets engine to what kind works with, and tells kind.
find_kind() {
  type -P kind >/dev/null || refuse "kind is not on PATH: install it, or leave CLUSTER out for the test bed"
  engine=$(container_engine)
  export KIND_EXPERIMENTAL_PROVIDER=$engine
}

# The user's own kubectl and helm if there are both, otherwise those of the test bed.
find_clients() {
  if ! type -P kubectl >/dev/null || ! type -P helm >/dev/null; then
    PATH=$PATH:$(testbed path)
  fi
}

# prepare_cluster: starts a cluster of ours, and gives it the images; of a user's, says what will happen there, and
# finds out whether it can.
prepare_cluster() { "prepare_$cluster"; }

prepare_testbed() {
  step "starting the test bed and building the images"
  make --silent --directory="$here/.." load-images
}

prepare_kind() {
  use_kind
  if ! kind get clusters 2>/dev/null | grep -qx "$kind_name"; then
    step "creating the kind cluster $kind_name"
    mkdir -p "${kind_kubeconfig%/*}"
    kind create cluster --name "$kind_name" --kubeconfig "$kind_kubeconfig" --wait 3m
  fi
  kind export kubeconfig --name "$kind_name" --kubeconfig "$kind_kubeconfig"
  step "building the images"
  ENGINE=$engine REGISTRY=warren.local make --silent --directory="$here/.." images
  step "loading the images"
  load_into_kind
  step "to work on it: export KUBECONFIG=$kind_kubeconfig"
}

# container_engine: docker, if its daemon answers, otherwise podman.
container_engine() {
  if docker info >/dev/null 2>&1; then
    echo docker
  elif type -P podman >/dev/null; then
    echo podman
  else
    refuse "kind needs docker or podman, and there is neither a docker that answers nor a podman"
  fi
}

load_into_kind() {
  local images archive
  mapfile -t images < <(demo_images | cut -d ' ' -f 2)
  if [[ $engine == docker ]]; then
    kind load docker-image --name "$kind_name" "${images[@]}"
  else
    # kind's own way to load an image asks docker.
    archive=$(mktemp --suffix .tar)
    podman save --quiet --multi-image-archive --output "$archive" "${images[@]}"
    kind load image-archive --name "$kind_name" "$archive"
    rm "$archive"
  fi
}

prepare_context() {
  use_context
  describe_context
  ensure_images_can_be_pulled
}

describe_context() {
  local server answer
  server=$(kubectl config view --minify --output=jsonpath='{.clusters[0].cluster.server}')
  step "context     $CONTEXT"
  step "API server  $server"
  step "namespaces  warren-system, warren-demo, and for a moment $trial"
  step "images      $(demo_images | cut -d ' ' -f 2 | paste -sd ' ')"
  answer=$(kubectl get --raw /version --request-timeout=10s 2>&1) ||
    fail "the API server of the context $CONTEXT does not answer: ${answer##*$'\n'}"
}

# demo_images: a line for each image, with a short name before it.
demo_images() {
  cat <<IMAGES
operator $OPERATOR_IMAGE
queue-node $QUEUE_NODE_IMAGE
gateway $GATEWAY_IMAGE
example $EXAMPLE_IMAGE
IMAGES
}

# In its own shell, so that its clean-up happens at its end.
ensure_images_can_be_pulled() (
  deadline=$((SECONDS + trial_limit))
  step "trying whether the cluster can pull the images"
  kubectl delete namespace "$trial" --ignore-not-found --timeout=2m >/dev/null
  trap 'kubectl delete namespace "$trial" --ignore-not-found --wait=false >/dev/null' EXIT
  trial_pod | kubectl apply --filename - >/dev/null
  until all_pulled; do
    ((SECONDS < deadline)) || fail "the cluster has not pulled the images within $trial_limit s: $(state_of_trial_pod)"
    sleep 1
  done
)

# A Pod with all images. What runs in it does not matter.
trial_pod() {
  local name image
  cat <<YAML
apiVersion: v1
kind: Namespace
metadata: {name: $trial}
---
# The namespace's default account may be late.
apiVersion: v1
kind: ServiceAccount
metadata: {name: images, namespace: $trial}
---
apiVersion: v1
kind: Pod
metadata: {name: images, namespace: $trial}
spec:
  serviceAccountName: images
  automountServiceAccountToken: false
  restartPolicy: Never
  securityContext: {runAsNonRoot: true, runAsUser: 65534, seccompProfile: {type: RuntimeDefault}}
  containers:
YAML
  while read -r name image; do
    cat <<YAML
    - name: $name
      image: "$image"
      imagePullPolicy: IfNotPresent
      command: ["true"]
      securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
YAML
  done < <(demo_images)
}

# all_pulled: whether every image is on the machine of the Pod; ends the script if one of them cannot be pulled.
all_pulled() {
  local fields states name id reason message pulled=0
  fields='{.name}|{.imageID}|{.state.waiting.reason}|{.state.waiting.message}{"\n"}'
  states=$(trial_pod_field "{range .status.containerStatuses[*]}$fields{end}")
  while IFS='|' read -r name id reason message; do
    case $reason in
      ErrImagePull | ImagePullBackOff | InvalidImageName | ErrImageNeverPull | ErrInvalidImageName)
        fail "the cluster cannot pull $(demo_images | sed -n "s/^$name //p") ($reason: $message), so nothing was" \
          "installed: name an image that it can pull in $(image_variable "$name")"
        ;;
    esac
    # A container that could be made, or almost, has its image.
    if [[ -n $id || $reason == CreateContainer* || $reason == RunContainerError ]]; then
      pulled=$((pulled + 1))
    fi
  done <<<"$states"
  ((pulled == $(demo_images | wc -l)))
}

image_variable() { # NAME: of queue-node, QUEUE_NODE_IMAGE
  local variable=${1^^}_IMAGE
  echo "${variable//-/_}"
}

state_of_trial_pod() {
  local scheduling
  scheduling=$(trial_pod_field '{.status.conditions[?(@.type=="PodScheduled")].message}')
  echo "the Pod images is $(trial_pod_field '{.status.phase}') (${scheduling:-no machine has reported about it})"
}

trial_pod_field() { kubectl --namespace "$trial" get pod images --output=jsonpath="$1"; } # JSONPATH

# built_id IMAGE: what is in an image that was built here, for its name stays the same.
built_id() {
  case $cluster in
    testbed) testbed image-digest "$1" ;;
    kind) "$engine" image inspect --format '{{.Id}}' "$1" ;;
  esac
}

fail() {
  printf '%4ds  FAILED: %s\n' "$SECONDS" "$*" >&2
  exit 1
}

# For wrong usage: nothing has been done.
refuse() {
  echo "${0##*/}: $*" >&2
  exit 2
}
