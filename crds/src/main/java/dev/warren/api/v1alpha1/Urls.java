package dev.warren.api.v1alpha1;

/**
 * The URLs of this API, in several rules of CEL: the server bounds the cost of each. CEL's own
 * functions for parts of URLs cost more than is allowed in a list.
 */
final class Urls {

  /** The parts between the dots of a name begin and end with a letter, a digit or "_". */
  static final String HAS_FORM =
      "self.matches('^https?://((\\\\w([\\\\w-]*\\\\w)?[.]?)+|[[][\\\\da-fA-F:.]+])"
          + "(:[1-9]\\\\d{0,4})?"
          + "([/?]([\\\\w.~:/?@!$&()*+,;=-]|%[\\\\da-fA-F]{2})*)?$')";

  static final String FORM_MESSAGE =
      "must be an http or https URL without a user or a fragment, such as"
          + " http://shop.default/notify";

  static final String HAS_PORT =
      "!self.matches('^https?://[^/?]*:"
          + "(6553[6-9]|655[4-9]\\\\d|65[6-9]\\\\d\\\\d|6[6-9]\\\\d{3}|[7-9]\\\\d{4})([/?]|$)')";

  static final String PORT_MESSAGE = "must have a port of at most 65535";

  /** A name whose last part is a number is an IP address: 1.2.3.456 is neither. */
  static final String HAS_HOST =
      "!self.matches('^https?://([^/?:]*[.])?\\\\d+[.]?([:/?]|$)')"
          + " || self.matches('^https?://((2[0-4]\\\\d|25[0-5]|1?\\\\d?\\\\d)[.]){3}"
          + "(2[0-4]\\\\d|25[0-5]|1?\\\\d?\\\\d)([:/?]|$)')";

  static final String HOST_MESSAGE = "must have the name of a host or an IP address";

  static final String HAS_IPV6 =
      "!self.contains('[') || self.contains(']')"
          + " && isIP(self.substring(self.indexOf('[') + 1, self.indexOf(']')))";

  static final String IPV6_MESSAGE = "must have an IPv6 address in its brackets";

  private Urls() {}
}
