# shellcheck shell=bash
# shellcheck disable=SC2034 # read by the files in lib/
# Names, addresses and folders that more than one topic uses.

# The machines that there can be, and those that there are: `up N` says how many.
ALL_MACHINES=(1 2 3 4 5 6)
MACHINES=("${ALL_MACHINES[@]:0:$(cat "$WARREN_STATE/machines" 2>/dev/null || echo 3)}")
# Those from the fourth on take only pods that ask for them, so that a test can take one away while others run.
FIRST_AT_RISK=4

BRIDGE=warren0
MACHINE_NETWORK=$WARREN_NETWORK.0/24
HOST_ADDRESS=$WARREN_NETWORK.1
zone() { echo "z$((($1 - 1) % 3 + 1))"; } # N
machine_address() { echo "$WARREN_NETWORK.1$1"; }
pod_subnet() { echo "10.244.$1.0/24"; }
POD_NETWORK=10.244.0.0/16
SERVICE_NETWORK=10.96.0.0/16
API_SERVICE_ADDRESS=10.96.0.1
API_URL=https://$HOST_ADDRESS:6443

CERTIFICATES=$WARREN_STATE/certificates
CONFIG=$WARREN_STATE/config
LOGS=$WARREN_STATE/log
PIDS=$WARREN_STATE/pid
ADMIN_KUBECONFIG=$WARREN_STATE/kubeconfig
AUDIT_LOG=$LOGS/audit.log
machine_dir() { echo "$WARREN_STATE/n$1"; }

STORAGE_PROVISIONER=warren.test/local
