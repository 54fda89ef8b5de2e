# shellcheck shell=bash
# cert-manager's controllers, for tests of what it issues. They run on the host, as the control plane does, and are
# built only when they are asked for.

# Beside the program, because the cache may outlive Go's.
ensure_cert_manager_definitions() { # FOLDER
  local module
  [[ ! -d $1 ]] || return 0
  module=$(cd "$TESTBED_HOME/binaries/cert-manager" &&
    go mod download && go list -m -f '{{.Dir}}' github.com/cert-manager/cert-manager) ||
    fail "cert-manager's definitions cannot be downloaded"
  rm -rf "$1.partial"
  mkdir "$1.partial"
  cp "$module"/deploy/crds/*.yaml "$1.partial/"
  mv "$1.partial" "$1"
}

start_cert_manager() {
  local dir
  need_testbed
  lock
  build_program cert-manager cert-manager .
  dir=$(product_dir cert-manager)
  ensure_cert_manager_definitions "$dir/definitions"
  run_tool kubectl apply --server-side --filename "$dir/definitions" >/dev/null
  run_tool kubectl wait --for=condition=Established --timeout="$((30 * WARREN_PATIENCE))s" \
    --filename "$dir/definitions" >/dev/null
  alive cert-manager || step "starting cert-manager"
  ensure_process cert-manager host "$dir/cert-manager" --kubeconfig "$ADMIN_KUBECONFIG"
  # It ends within a moment if it cannot work.
  sleep 1
  alive cert-manager || fail "cert-manager does not stay up" "$LOGS/cert-manager.log"
}
