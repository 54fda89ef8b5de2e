# shellcheck shell=bash
# What the scripts beside this file share.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
version=$(sed -n 's/^version: //p' "$here/../helm/warren/Chart.yaml")
export OPERATOR_IMAGE=${OPERATOR_IMAGE:-warren.local/operator:$version}
export QUEUE_NODE_IMAGE=${QUEUE_NODE_IMAGE:-warren.local/queue-node:$version}
export GATEWAY_IMAGE=${GATEWAY_IMAGE:-warren.local/gateway:$version}
export EXAMPLE_IMAGE=${EXAMPLE_IMAGE:-warren.local/python-pika:3.14}

testbed() { "$here/cluster/testbed" "$@"; }

step() { printf '%4ds  %s\n' "$SECONDS" "$*"; }

# KUBECONFIG's cluster, with the user's own tools if there are any; otherwise the test bed, with its tools.
use_cluster() {
  if [[ -z ${KUBECONFIG:-} ]]; then
    KUBECONFIG=$(testbed kubeconfig)
    export KUBECONFIG
    PATH=$(testbed path):$PATH
  elif ! command -v kubectl >/dev/null || ! command -v helm >/dev/null; then
    PATH=$PATH:$(testbed path)
  fi
}
