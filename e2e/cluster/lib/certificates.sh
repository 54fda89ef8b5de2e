# shellcheck shell=bash
# Certificates, keys and kubeconfigs of every program.

authority() { # NAME
  openssl req -x509 -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 \
    -keyout "$CERTIFICATES/$1.key" -out "$CERTIFICATES/$1.crt" -subj "/CN=warren-testbed-$1" \
    -addext "keyUsage=critical,keyCertSign,cRLSign"
}

certificate() { # NAME AUTHORITY SUBJECT [SUBJECT-ALTERNATIVE-NAMES]
  openssl req -x509 -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 \
    -keyout "$CERTIFICATES/$1.key" -out "$CERTIFICATES/$1.crt" -subj "$3" \
    -CA "$CERTIFICATES/$2.crt" -CAkey "$CERTIFICATES/$2.key" \
    -addext "basicConstraints=critical,CA:FALSE" \
    -addext "keyUsage=critical,digitalSignature,keyEncipherment" \
    -addext "extendedKeyUsage=clientAuth,serverAuth" \
    ${4:+-addext "subjectAltName=$4"}
}

encoded() { base64 -w0 "$CERTIFICATES/$1"; }

kubeconfig() { # NAME FILE: for the holder of certificate NAME
  cat >"$2" <<YAML
apiVersion: v1
kind: Config
current-context: warren-testbed
clusters:
  - name: warren-testbed
    cluster:
      server: $API_URL
      certificate-authority-data: $(encoded ca.crt)
users:
  - name: $1
    user:
      client-certificate-data: $(encoded "$1.crt")
      client-key-data: $(encoded "$1.key")
contexts:
  - name: warren-testbed
    context:
      cluster: warren-testbed
      user: $1
YAML
  chmod 600 "$2"
}

user() { # NAME SUBJECT [KUBECONFIG]
  certificate "$1" ca "$2" && kubeconfig "$1" "${3:-$CONFIG/$1.kubeconfig}"
}

make_certificates() {
  local n
  authority ca
  authority front-proxy-ca
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$CERTIFICATES/service-account.key"
  openssl pkey -in "$CERTIFICATES/service-account.key" -pubout -out "$CERTIFICATES/service-account.pub"
  certificate kube-apiserver ca /CN=kube-apiserver "IP:127.0.0.1,IP:$HOST_ADDRESS,IP:$API_SERVICE_ADDRESS,\
DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,\
DNS:kubernetes.default.svc.cluster.local"
  certificate etcd ca /CN=etcd "IP:$HOST_ADDRESS"
  certificate kubelet-client ca /O=system:masters/CN=kube-apiserver-kubelet-client
  certificate front-proxy-client front-proxy-ca /CN=front-proxy-client
  user controller-manager /CN=system:kube-controller-manager
  user scheduler /CN=system:kube-scheduler
  user kube-proxy /CN=system:kube-proxy
  user coredns /CN=system:coredns
  user storage /O=system:masters/CN=warren-testbed-storage
  for n in "${ALL_MACHINES[@]}"; do
    certificate "kubelet-n$n" ca "/CN=n$n" "IP:$(machine_address "$n"),DNS:n$n"
    user "n$n" "/O=system:nodes/CN=system:node:n$n"
  done
  # Last, because whether it exists says whether the certificates are complete.
  user admin /O=system:masters/CN=admin "$ADMIN_KUBECONFIG"
}

ensure_certificates() {
  [[ -e $ADMIN_KUBECONFIG ]] && return
  step "making certificates"
  make_certificates >"$LOGS/certificates.log" 2>&1 || fail "making certificates failed" "$LOGS/certificates.log"
}
