package dev.warren.gateway.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.rabbitmq.client.LongString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.Map;
import java.util.Optional;

/** The value of a message's header, which has one of AMQP's types, as a text. */
final class HeaderValue {

  private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
  private static final Instant END = Instant.parse("+10000-01-01T00:00:00Z");

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .addModule(new SimpleModule().addSerializer(new TextSerializer()))
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          // Headers are ASCII: JSON has escapes of its own, which are shorter and easier to read.
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .build();

  private HeaderValue() {}

  /**
   * The text; empty for a table or a list that is nested too deeply to be written, and for a time
   * that RFC 3339 cannot express, which has four digits for the year.
   */
  static Optional<String> text(Object value) {
    return switch (value) {
      case null -> Optional.of("");
      case byte[] bytes -> Optional.of(Base64.getEncoder().encodeToString(bytes));
      case LongString text -> Optional.of(text(text));
      case Date time ->
          Optional.of(time.toInstant()).filter(HeaderValue::isExpressible).map(Instant::toString);
      case Map<?, ?> table -> json(table);
      case Collection<?> list -> json(list);
      default -> Optional.of(value.toString());
    };
  }

  /** What is not UTF-8 is not a text, although its type says so, and is written like bytes. */
  private static String text(LongString value) {
    byte[] bytes = value.getBytes();
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return Base64.getEncoder().encodeToString(bytes);
    }
  }

  /** Whether CloudEvents and RFC 3339 can express it. */
  static boolean isExpressible(Instant time) {
    return !time.isBefore(FIRST) && time.isBefore(END);
  }

  private static Optional<String> json(Object value) {
    try {
      return Optional.of(JSON.writeValueAsString(value));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** For texts in tables and lists. */
  private static final class TextSerializer extends StdSerializer<LongString> {
    private static final long serialVersionUID = 1L;

    TextSerializer() {
      super(LongString.class);
    }

    @Override
    public void serialize(LongString value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeString(text(value));
    }
  }
}
