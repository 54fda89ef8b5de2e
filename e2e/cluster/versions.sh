# shellcheck shell=bash
# shellcheck disable=SC2034 # read by the files in lib/
# The one place to look up versions. What is built from source is pinned by the go.mod and go.sum of
# its folder in binaries/; the versions here are read from there, so the two cannot disagree.

pinned() { # FOLDER MODULE
  awk -v module="$2" '$1 == "require" { sub(/^require /, "") }
    $1 == module && $2 ~ /^v/ { print substr($2, 2); exit }' "$TESTBED_HOME/binaries/$1/go.mod"
}

KUBERNETES_VERSION=$(pinned kubernetes k8s.io/kubernetes)
ETCD_VERSION=$(pinned etcd go.etcd.io/etcd/server/v3)
COREDNS_VERSION=$(pinned coredns github.com/coredns/coredns)
HELM_VERSION=$(pinned helm helm.sh/helm/v3)
CERT_MANAGER_VERSION=$(pinned cert-manager github.com/cert-manager/cert-manager)
