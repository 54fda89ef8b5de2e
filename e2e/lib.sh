# shellcheck shell=bash
# What the scripts beside this file share.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
version=$(sed -n 's/^version: //p' "$here/../helm/warren/Chart.yaml")
export OPERATOR_IMAGE=${OPERATOR_IMAGE:-warren.local/operator:$version}
export QUEUE_NODE_IMAGE=${QUEUE_NODE_IMAGE:-warren.local/queue-node:$version}
export GATEWAY_IMAGE=${GATEWAY_IMAGE:-warren.local/gateway:$version}
export EXAMPLE_IMAGE=${EXAMPLE_IMAGE:-warren.local/python-pika:3.14}

# All time limits are this many times as long, as on the test bed.
# shellcheck disable=SC2034 # by the scripts that read this file
patience=${WARREN_PATIENCE:-1}

testbed() { "$here/../.ci/prerequisites" go -- "$here/cluster/testbed" "$@"; }

step() { printf '%4ds  %s\n' "$SECONDS" "$*"; }

# shellcheck source=e2e/cluster-choice.sh
. "$here/cluster-choice.sh"
