package dev.warren.gateway.tls;

/** A file of certificates or of a key that cannot be used; the message says which and why. */
public final class InvalidPem extends Exception {

  private static final long serialVersionUID = 1L;

  InvalidPem(String file, String problem) {
    super(file + " " + problem, null, false, false);
  }

  InvalidPem(String problem) {
    super(problem, null, false, false);
  }

  /** The same problem, with where the file comes from. */
  public InvalidPem in(String place) {
    return new InvalidPem(place + ": " + getMessage());
  }
}
