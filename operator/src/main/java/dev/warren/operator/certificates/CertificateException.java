package dev.warren.operator.certificates;

/** What is wrong with a certificate or a key, as the end of a sentence for the user. */
public final class CertificateException extends Exception {

  private static final long serialVersionUID = 1;

  public CertificateException(String message) {
    super(message);
  }
}
