package dev.warren.operator.model;

/**
 * The keys of the Secrets with certificates. A queue node's Secret is mounted as a whole folder, so
 * each of its keys is also a file's name.
 */
public final class CertificateFiles {

  /** Where a node's Secret is mounted, in each container of its Pod. */
  public static final String FOLDER = "/etc/warren/tls";

  /** What the holder of the Secret trusts now: one or more CAs. */
  public static final String CA = "ca.crt";

  /** The holder's own certificate; in an authority's Secret, the CA that signs now. */
  public static final String CERTIFICATE = "tls.crt";

  public static final String KEY = "tls.key";

  /** During the renewal of an authority: the CA that will sign next. */
  public static final String NEXT_CERTIFICATE = "next.crt";

  public static final String NEXT_KEY = "next.key";

  /** What a node presents to clients: a certificate and its intermediates. */
  public static final String DOOR_CERTIFICATE = "door.crt";

  public static final String DOOR_KEY = "door.key";

  /** The CAs of the certificates that clients present; only with mutual TLS. */
  public static final String CLIENTS_CA = "clients.crt";

  /** The endpoint that takes messages by HTTP, in the names of its files. */
  public static final String PUBLISH = "http-publish";

  private CertificateFiles() {}

  /**
   * A request/reply endpoint, in the names of its files: as in the names of the Service's ports.
   */
  static String requestReply(String name) {
    return "tcp-" + name;
  }

  /** The certificate of an endpoint that has one of its own. */
  public static String endpointCertificate(String endpoint) {
    return "endpoint-" + endpoint + ".crt";
  }

  /** The key of an endpoint that has a certificate of its own. */
  public static String endpointKey(String endpoint) {
    return "endpoint-" + endpoint + ".key";
  }

  /** The path of a key of a node's Secret in its containers. */
  public static String path(String key) {
    return FOLDER + "/" + key;
  }
}
