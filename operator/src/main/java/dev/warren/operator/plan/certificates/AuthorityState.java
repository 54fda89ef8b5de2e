package dev.warren.operator.plan.certificates;

import dev.warren.operator.certificates.CertificateInfo;
import dev.warren.operator.certificates.CertificateReader;
import dev.warren.operator.model.CertificateFiles;
import dev.warren.operator.model.PemKeyPair;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A CA, as its Secret has it. The Secret alone says which step of a renewal is under way.
 *
 * @param signing what signs now
 * @param bundle what everybody trusts now, each certificate as PEM
 * @param next what will sign next
 * @param renewed the last request by a user that was taken up, and when: "leaves 2030-01-01T..."
 * @param issuer whether cert-manager was asked for a certificate
 */
record AuthorityState(
    PemKeyPair signing,
    List<String> bundle,
    Optional<PemKeyPair> next,
    String renewed,
    boolean issuer) {

  static final String RENEWED = "renewed";
  static final String ISSUER = "issuer";

  /** A step of the renewal of a CA. */
  enum Step {
    /** Nothing is under way. */
    STABLE,
    /** All learn to trust the next CA, while the old one still signs. */
    TRUST,
    /** The new CA signs everything anew, while all still trust the old one. */
    REISSUE,
    /** The old CA's key is lost: all learn to trust the new one, and nothing is signed yet. */
    RECREATED
  }

  /** A new CA, which nobody knows yet. */
  static AuthorityState fresh(PemKeyPair authority) {
    return new AuthorityState(
        authority, List.of(certificate(authority)), Optional.empty(), "", false);
  }

  /** What a Secret contains; empty if it cannot be used. */
  static Optional<AuthorityState> of(Map<String, String> texts) {
    Optional<PemKeyPair> signing =
        pair(texts, CertificateFiles.CERTIFICATE, CertificateFiles.KEY)
            .filter(CertificateReader::isPair);
    List<String> bundle = CertificateReader.split(texts.getOrDefault(CertificateFiles.CA, ""));
    return signing
        .filter(pair -> bundle.contains(certificate(pair)))
        .map(
            pair ->
                new AuthorityState(
                    pair,
                    bundle,
                    pair(texts, CertificateFiles.NEXT_CERTIFICATE, CertificateFiles.NEXT_KEY)
                        .filter(CertificateReader::isPair)
                        .filter(next -> bundle.contains(certificate(next))),
                    texts.getOrDefault(RENEWED, ""),
                    texts.containsKey(ISSUER)));
  }

  static Optional<PemKeyPair> pair(Map<String, String> texts, String certificate, String key) {
    return texts.containsKey(certificate) && texts.containsKey(key)
        ? Optional.of(new PemKeyPair(texts.get(certificate), texts.get(key)))
        : Optional.empty();
  }

  private static String certificate(PemKeyPair pair) {
    return CertificateReader.split(pair.certificate()).getFirst();
  }

  Map<String, String> texts() {
    Map<String, String> texts = new TreeMap<>();
    texts.put(CertificateFiles.CERTIFICATE, signing.certificate());
    texts.put(CertificateFiles.KEY, signing.key());
    texts.put(CertificateFiles.CA, trusted());
    next.ifPresent(
        pair -> {
          texts.put(CertificateFiles.NEXT_CERTIFICATE, pair.certificate());
          texts.put(CertificateFiles.NEXT_KEY, pair.key());
        });
    if (!renewed.isEmpty()) {
      texts.put(RENEWED, renewed);
    }
    if (issuer) {
      texts.put(ISSUER, "cert-manager.io");
    }
    return texts;
  }

  /** What everybody trusts, as one text. */
  String trusted() {
    return String.join("", bundle);
  }

  Step step() {
    if (next.isPresent()) {
      return Step.TRUST;
    }
    if (bundle.size() == 1) {
      return Step.STABLE;
    }
    return bundle.getFirst().equals(certificate(signing)) ? Step.REISSUE : Step.RECREATED;
  }

  CertificateInfo info() {
    return info(signing);
  }

  static CertificateInfo info(PemKeyPair pair) {
    return CertificateReader.first(pair.certificate()).orElseThrow();
  }

  /** The request that was taken up last. */
  String handled() {
    return renewed.split(" ", 2)[0];
  }

  /** Certificates that were made before this are renewed. */
  Instant leavesFrom() {
    String[] parts = renewed.split(" ", 2);
    try {
      return parts.length == 2 && parts[0].equals("leaves")
          ? Instant.parse(parts[1])
          : Instant.EPOCH;
    } catch (DateTimeParseException e) {
      return Instant.EPOCH;
    }
  }

  AuthorityState withRenewed(String request) {
    return new AuthorityState(signing, bundle, next, request, issuer);
  }

  AuthorityState withIssuer(boolean asked) {
    return new AuthorityState(signing, bundle, next, renewed, asked);
  }

  /** All learn to trust the next one. */
  AuthorityState trusting(PemKeyPair authority) {
    return new AuthorityState(
        signing,
        List.of(certificate(signing), certificate(authority)),
        Optional.of(authority),
        renewed,
        issuer);
  }

  /** The next one signs, or the recreated one begins to. */
  AuthorityState reissuing() {
    PemKeyPair now = next.orElse(signing);
    List<String> all = new ArrayList<>(List.of(certificate(now)));
    bundle.stream().filter(one -> !all.contains(one)).forEach(all::add);
    return new AuthorityState(now, all, Optional.empty(), renewed, issuer);
  }

  /** Nobody trusts anything but what signs. */
  AuthorityState alone() {
    return new AuthorityState(
        signing, List.of(certificate(signing)), Optional.empty(), renewed, issuer);
  }

  /** Nobody but these know of it yet, and they cannot know by what it has signed. */
  AuthorityState recreated(List<String> known) {
    List<String> all = new ArrayList<>(known);
    all.remove(certificate(signing));
    all.add(certificate(signing));
    return new AuthorityState(signing, all, Optional.empty(), renewed, issuer);
  }
}
