package dev.warren.gateway.dispatch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.rabbitmq.client.LongString;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.Map;
import java.util.Optional;

/** The value of a message's header, which has one of AMQP's types, as a text. */
final class HeaderValue {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .addModule(
              new SimpleModule().addSerializer(LongString.class, ToStringSerializer.instance))
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          // Headers are ASCII: JSON has escapes of its own, which are shorter and easier to read.
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .build();

  private HeaderValue() {}

  /** The text; empty for a table or a list that is nested too deeply to be written. */
  static Optional<String> text(Object value) {
    return switch (value) {
      case null -> Optional.of("");
      case byte[] bytes -> Optional.of(Base64.getEncoder().encodeToString(bytes));
      case Date time -> Optional.of(time.toInstant().toString());
      case Map<?, ?> table -> json(table);
      case Collection<?> list -> json(list);
      default -> Optional.of(value.toString());
    };
  }

  private static Optional<String> json(Object value) {
    try {
      return Optional.of(JSON.writeValueAsString(value));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
