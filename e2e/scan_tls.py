"""Scans the ports of a queue node: which speak TLS, in which versions and with which ciphers.

scan_tls.py ADDRESS PORTS fails if a port is plain that should not be, or accepts what is old or weak.
"""

import sys

from sslyze import (
    ScanCommand,
    ScanCommandAttemptStatusEnum,
    Scanner,
    ServerNetworkLocation,
    ServerScanRequest,
    ServerScanStatusEnum,
)

# What has no secrets, or is in the Pod's own hands: epmd, and the gateway's health and metrics.
PLAIN = {4369: "epmd", 9090: "the gateway's health and metrics"}
# What every node has, and the endpoints of scan-tls. Without them nothing would have been scanned.
EXPECTED = {5671, 15671, 15691, 25672, 8080, 10000}
# RabbitMQ has no setting for their ciphers: with TLS 1.2 Erlang offers static ECDH too, to clients that do not look at
# what the certificate's key is for. The scanner's library looks, and stops.
WITHOUT_A_LIST = {15673: "rabbitmq_web_stomp", 15676: "rabbitmq_web_mqtt"}
OLD = {
    "SSL 2.0": ScanCommand.SSL_2_0_CIPHER_SUITES,
    "SSL 3.0": ScanCommand.SSL_3_0_CIPHER_SUITES,
    "TLS 1.0": ScanCommand.TLS_1_0_CIPHER_SUITES,
    "TLS 1.1": ScanCommand.TLS_1_1_CIPHER_SUITES,
}
NEW = {
    "TLS 1.2": ScanCommand.TLS_1_2_CIPHER_SUITES,
    "TLS 1.3": ScanCommand.TLS_1_3_CIPHER_SUITES,
}
# No forward secrecy (RSA, static DH), or a cipher that is broken.
WEAK = ("NULL", "EXPORT", "RC4", "DES", "MD5", "anon", "PSK", "TLS_RSA_", "TLS_DH_", "TLS_ECDH_")
FLAWS = {
    "Heartbleed": (ScanCommand.HEARTBLEED, lambda result: result.is_vulnerable_to_heartbleed),
    "CCS injection": (ScanCommand.OPENSSL_CCS_INJECTION, lambda result: result.is_vulnerable_to_ccs_injection),
    "compression": (ScanCommand.TLS_COMPRESSION, lambda result: result.supports_compression),
    "insecure renegotiation": (
        ScanCommand.SESSION_RENEGOTIATION,
        lambda result: not result.supports_secure_renegotiation,
    ),
}


def scan(address, ports):
    scanner = Scanner()
    commands = {*OLD.values(), *NEW.values(), *(command for command, _ in FLAWS.values())}
    scanner.queue_scans(
        ServerScanRequest(ServerNetworkLocation(hostname=address, port=port), scan_commands=commands) for port in ports
    )
    return scanner.get_results()


def problems(port, attempts):
    """What is wrong with a port that speaks TLS, and its accepted versions."""
    found, versions, ciphers = [], [], 0
    for name, command in {**OLD, **NEW}.items():
        attempt = getattr(attempts, command.value)
        if attempt.status != ScanCommandAttemptStatusEnum.COMPLETED:
            if name == "TLS 1.2" and port in WITHOUT_A_LIST:
                versions.append("TLS 1.2 with Erlang's own list of ciphers")
                continue
            found.append(f"{name} could not be tried: {attempt.error_reason} {attempt.error_trace or ''}")
            continue
        accepted = [suite.cipher_suite.name for suite in attempt.result.accepted_cipher_suites]
        if not accepted:
            continue
        versions.append(name)
        ciphers += len(accepted)
        if name in OLD:
            found.append(f"it accepts {name}")
        found += [f"it accepts {cipher} with {name}" for cipher in accepted if any(word in cipher for word in WEAK)]
    for flaw, (command, has_it) in FLAWS.items():
        attempt = getattr(attempts, command.value)
        # With TLS 1.3 alone there is nothing to renegotiate or to compress.
        if attempt.status == ScanCommandAttemptStatusEnum.COMPLETED and "TLS 1.2" in versions and has_it(attempt.result):
            found.append(f"it has {flaw}")
    if not versions:
        found.append("it accepts neither TLS 1.2 nor 1.3")
    if port == 25672 and versions != ["TLS 1.3"]:
        found.append(f"between nodes there is only TLS 1.3, not {versions}")
    return found, f"{', '.join(versions)}, {ciphers} ciphers"


def main():
    address, ports = sys.argv[1], sorted(int(port) for port in sys.argv[2].split())
    failed = [f"port {port} is not open" for port in sorted(EXPECTED - set(ports))]
    for result in sorted(scan(address, ports), key=lambda one: one.server_location.port):
        port = result.server_location.port
        if result.scan_status != ServerScanStatusEnum.COMPLETED:
            print(f"{port:5}  plain: {PLAIN.get(port, 'nobody knows why')}")
            if port not in PLAIN:
                failed.append(f"port {port} does not speak TLS: {result.connectivity_error_trace}")
            continue
        found, said = problems(port, result.scan_result)
        print(f"{port:5}  {said}")
        failed += [f"port {port}: {problem}" for problem in found]
    for problem in failed:
        print(f"FAILED: {problem}", file=sys.stderr)
    sys.exit(1 if failed else 0)


# sslyze has processes of its own.
if __name__ == "__main__":
    main()
