package dev.warren.api.v1alpha1;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;

/**
 * Reads a part of a resource; null if these classes cannot represent it, because another version of
 * the definition accepted it. Otherwise one such resource would make every list that contains it
 * unreadable, and with it all other resources.
 */
abstract class NullIfUnreadable<T> extends JsonDeserializer<T> {

  private final Class<T> type;

  private NullIfUnreadable(Class<T> type) {
    this.type = type;
  }

  @Override
  public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
    JsonNode stored = context.readTree(parser);
    try {
      return context.readTreeAsValue(stored, type);
    } catch (JsonMappingException e) {
      return null;
    }
  }

  static final class Spec extends NullIfUnreadable<MessageTopologySpec> {
    Spec() {
      super(MessageTopologySpec.class);
    }
  }

  static final class Status extends NullIfUnreadable<MessageTopologyStatus> {
    Status() {
      super(MessageTopologyStatus.class);
    }
  }
}
