package dev.warren.api.v1alpha1;

/**
 * Which names RabbitMQ accepts for queues and exchanges, and Kubernetes for Secrets, as CEL rules
 * and their messages.
 */
final class Names {

  static final String FITS = "bytes(self).size() <= 255";
  static final String FITS_MESSAGE = "must be at most 255 bytes in UTF-8";

  static final String NOT_RESERVED = "!self.startsWith('amq.')";
  static final String NOT_RESERVED_MESSAGE =
      "must not begin with 'amq.', which is reserved for RabbitMQ";

  // RabbitMQ removes line breaks from the name that it is given, and its HTTP API reads the names
  // '.' and '..' as steps in a path, so either would be declared again in every pass. No
  // environment variable can contain the character 0.
  static final String ADDRESSABLE =
      "!self.matches('[\\n\\r\\\\x00]') && self != '.' && self != '..'";
  static final String ADDRESSABLE_MESSAGE =
      "must not contain a line break or the character 0, and must not be '.' or '..'";

  static final String IS_SECRET =
      "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')";
  static final String SECRET_MESSAGE =
      "must be the name of a Secret: lower case letters, digits, '-' and '.', beginning and ending"
          + " with a letter or digit";

  private Names() {}
}
