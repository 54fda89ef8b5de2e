package dev.warren.api.v1alpha1;

/**
 * What RabbitMQ can take as the name of a queue or an exchange, as CEL rules and their messages.
 */
final class Names {

  static final String FITS = "bytes(self).size() <= 255";
  static final String FITS_MESSAGE = "must be at most 255 bytes in UTF-8";

  static final String NOT_RESERVED = "!self.startsWith('amq.')";
  static final String NOT_RESERVED_MESSAGE =
      "must not begin with 'amq.': such names belong to RabbitMQ";

  // RabbitMQ removes line breaks from the name that it is given, and its HTTP API takes the names
  // '.' and '..' for steps in a path, so that either would be declared for ever.
  static final String ADDRESSABLE = "!self.matches('[\\n\\r]') && self != '.' && self != '..'";
  static final String ADDRESSABLE_MESSAGE =
      "must not contain a line break, and must not be '.' or '..'";

  private Names() {}
}
