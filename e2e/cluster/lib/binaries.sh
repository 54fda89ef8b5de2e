# shellcheck shell=bash
# Builds the programs of the test bed from pinned source into a cache that outlives it.
#
#   CACHE/binaries/PRODUCT-VERSION-HASH/PROGRAM   one folder for each pinned module
#   CACHE/bin-HASH/                               links to all of them, for PATH
#   CACHE/api-test-HASH/k8s/VERSION-linux-ARCH/   links in the layout of fabric8's kube-api-test

product_version() { # PRODUCT
  case $1 in
    kubernetes) echo "$KUBERNETES_VERSION" ;;
    etcd) echo "$ETCD_VERSION" ;;
    coredns) echo "$COREDNS_VERSION" ;;
    helm) echo "$HELM_VERSION" ;;
    cert-manager) echo "$CERT_MANAGER_VERSION" ;;
  esac
}

# The programs in the order they are built: those that tests without a cluster need come first.
BUILDS=(
  "kubernetes kube-apiserver k8s.io/kubernetes/cmd/kube-apiserver"
  "etcd etcd go.etcd.io/etcd/server/v3"
  "kubernetes kubectl k8s.io/kubernetes/cmd/kubectl"
  "kubernetes kube-controller-manager k8s.io/kubernetes/cmd/kube-controller-manager"
  "kubernetes kube-scheduler k8s.io/kubernetes/cmd/kube-scheduler"
  "kubernetes kubelet k8s.io/kubernetes/cmd/kubelet"
  "kubernetes kube-proxy k8s.io/kubernetes/cmd/kube-proxy"
  "coredns coredns ."
  "helm helm helm.sh/helm/v3/cmd/helm"
)

API_TEST_PROGRAMS=(etcd kube-apiserver kubectl)

short_hash() { sha256sum | cut -c1-12; }

product_dir() { # PRODUCT
  local hash
  hash=$(cat "$TESTBED_HOME/binaries/$1"/* | short_hash)
  echo "$WARREN_CACHE/binaries/$1-$(product_version "$1")-$hash"
}

linker_flags() { # PRODUCT
  local version major minor package flags="-s -w"
  version=$(product_version "$1")
  case $1 in
    kubernetes)
      # Without these the programs call themselves v0.0.0-master and clients refuse the version skew.
      IFS=. read -r major minor _ <<<"$version"
      for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
        flags+=" -X $package.gitVersion=v$version -X $package.gitMajor=$major -X $package.gitMinor=$minor"
        flags+=" -X $package.gitTreeState=clean"
      done ;;
    helm) flags+=" -X helm.sh/helm/v3/internal/version.version=v$version" ;;
  esac
  echo "$flags"
}

build_program() { # PRODUCT PROGRAM PACKAGE
  local dir program
  dir=$(product_dir "$1")
  program=$dir/$2
  [[ -x $program ]] && return
  command -v go >/dev/null ||
    fail "go is needed to build the programs of the test bed, and is not on the PATH of $(id -un)"
  need_space "$WARREN_CACHE" 5 WARREN_CACHE
  mkdir -p "$dir"
  # Two runs at once would otherwise write the same file.
  exec {build_lock}>"$program.lock"
  flock "$build_lock"
  [[ -x $program ]] || compile "$1" "$2" "$3" "$program"
  exec {build_lock}>&-
}

compile() { # PRODUCT PROGRAM PACKAGE FILE
  step "building $2 $(product_version "$1")"
  # Not in /tmp, which may be a part of the memory.
  (cd "$TESTBED_HOME/binaries/$1" &&
    TMPDIR=/var/tmp CGO_ENABLED=0 GOFLAGS='-mod=readonly -buildvcs=false -trimpath' \
      go build -ldflags "$(linker_flags "$1")" -o "$4.partial" "$3") \
    >>"$WARREN_CACHE/build.log" 2>&1 || fail "building $2 failed" "$WARREN_CACHE/build.log"
  # Only a complete program ever has the final name.
  mv "$4.partial" "$4"
}

build_hash() { # PRODUCT...
  local product
  for product in "$@"; do product_dir "$product"; done | short_hash
}

bin_dir() { echo "$WARREN_CACHE/bin-$(build_hash kubernetes etcd coredns helm)"; }

api_test_dir() { echo "$WARREN_CACHE/api-test-$(build_hash kubernetes etcd)"; }

# Builds the programs that are missing, all by default, and puts links to them into bin_dir.
ensure_binaries() { # [PROGRAM...]
  local build product program package bin wanted=" $* "
  bin=$(bin_dir)
  [[ ! -e $bin/.complete ]] || return 0
  mkdir -p "$bin"
  for build in "${BUILDS[@]}"; do
    read -r product program package <<<"$build"
    [[ $# == 0 || $wanted == *" $program "* ]] || continue
    build_program "$product" "$program" "$package"
    ln -sfn "$(product_dir "$product")/$program" "$bin/$program"
  done
  [[ $# != 0 ]] || touch "$bin/.complete"
}

ensure_api_test() {
  local program api
  api=$(api_test_dir)/k8s/$KUBERNETES_VERSION-linux-$(architecture)
  ensure_binaries "${API_TEST_PROGRAMS[@]}"
  mkdir -p "$api"
  for program in "${API_TEST_PROGRAMS[@]}"; do ln -sfn "$(readlink "$(bin_dir)/$program")" "$api/$program"; done
}

# As Go, and so fabric8's kube-api-test, calls it.
architecture() {
  case $(uname -m) in
    x86_64) echo amd64 ;;
    aarch64) echo arm64 ;;
    *) uname -m ;;
  esac
}
