# shellcheck shell=bash
# What the benchmarks beside this file share: a topology named bench in a namespace of its own.

# shellcheck source=e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
namespace=warren-bench

bench() { kubectl --namespace "$namespace" "$@"; }

secret() { bench get secret "$1" --output go-template="{{index .data \"$2\" | base64decode}}"; } # NAME KEY

# The machines of the test bed are namespaces of this one, and so its processes are here too.
process() { # PROGRAM POD
  local process
  for process in $(pgrep -x "$1"); do
    if tr '\0' '\n' <"/proc/$process/environ" | grep -qx "HOSTNAME=$2"; then
      echo "$process"
    fi
  done
}

start_topology() { # YAML
  kubectl delete namespace "$namespace" --ignore-not-found --timeout=2m >/dev/null
  kubectl create namespace "$namespace" >/dev/null
  bench apply --filename - >/dev/null <<<"$1"
  bench wait --for=condition=Ready --timeout=180s mtop/bench >/dev/null
  BENCH_HOST=$(bench get pod bench-0 --output jsonpath='{.status.podIP}')
  BENCH_USER=$(secret bench-connection username)
  BENCH_PASSWORD=$(secret bench-connection password)
  BENCH_VHOST=$(secret bench-connection virtual-host)
  export BENCH_HOST BENCH_USER BENCH_PASSWORD BENCH_VHOST
}

stop_topology() { kubectl delete namespace "$namespace" --timeout=2m >/dev/null; }
