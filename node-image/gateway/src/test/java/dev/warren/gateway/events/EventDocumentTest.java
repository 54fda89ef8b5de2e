package dev.warren.gateway.events;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventDocumentTest {

  private static final String BEGIN =
      "{\"specversion\":\"1.0\",\"id\":\"e\",\"source\":\"/s\",\"type\":\"t\"";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          , "data":{"n":1.10}                                              | {"n":1.10}     | application/json
          , "data":"hello"                                                 | "hello"        | application/json
          , "data":null                                                    | null           | application/json
          , "datacontenttype":"text/plain", "data":"a\\u00f6\\n"           | `aö\\n`        | text/plain
          , "data":"<a/>", "datacontenttype":"text/xml; charset=utf-8"     | <a/>           | text/xml; charset=utf-8
          , "data": 1.0 , "datacontenttype":"text/plain"                   | 1.0            | text/plain
          , "data":"a", "datacontenttype":"application/vnd.a+json;v=1"     | "a"            | application/vnd.a+json;v=1
          , "data_base64":"aGVsbG8="                                       | hello          |
          , "data_base64":"aGVsbG8=","datacontenttype":"application/json"  | hello          | application/json
          """)
  void theDataAreWhatWasWritten(String members, String data, String contentType) throws Exception {
    EventDocument document = EventDocument.of((BEGIN + members + "}").getBytes(UTF_8));

    assertThat(document.event().getData().toBytes())
        .asString(UTF_8)
        .isEqualTo(data.replace("\\n", "\n"));
    assertThat(document.event().getDataContentType()).isEqualTo(contentType);
  }

  @Test
  void anEventNeedNotHaveData() throws Exception {
    assertThat(EventDocument.of((BEGIN + ",\"subject\":null}").getBytes(UTF_8)).event().getData())
        .isNull();
  }

  @Test
  void attributesAreAddedAtTheBeginning() throws Exception {
    Map<String, Object> more = new TreeMap<>(Map.of("a", "\"ö\n", "b", true, "c", -7));

    assertThat(EventDocument.of(("\uFEFF " + BEGIN + " } \n").getBytes(UTF_8)).with(more))
        .asString(UTF_8)
        .isEqualTo(" {\"a\":\"\\\"ö\\n\",\"b\":true,\"c\":-7," + BEGIN.substring(1) + " } \n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"specversion":"1.0","id":"e","source":"/s"}                  | the attribute 'type' is missing
          {"specversion":"0.3","id":"e","source":"/s","type":"t"}       | only CloudEvents of version 1.0 are accepted
          {"specversion":"1.0","id":3,"source":"/s","type":"t"}         | the attribute 'id' must be a text
          {"specversion":"1.0","id":"","source":"/s","type":"t"}        | the attribute 'id' is empty
          {"specversion":"1.0","id":"e","source":"a b","type":"t"}      | the attribute 'source' is not valid: a b
          EVENT,"time":"yesterday"}                                     | the attribute 'time' is not valid: yesterday
          EVENT,"time":"2026-01-02T03:04Z"}                             | the attribute 'time' is not valid: 2026-01-02T03:04Z
          EVENT,"time":"2026-01-02T03:04:05+01"}                        | the attribute 'time' is not valid: 2026-01-02T03:04:05+01
          EVENT,"time":"2026-01-02T03:04:05+25:00"}                     | the attribute 'time' is not valid: 2026-01-02T03:04:05+25:00
          EVENT,"datacontenttype":"xml"}                                | the attribute 'datacontenttype' is not valid: xml
          EVENT,"datacontenttype":""}                                   | the attribute 'datacontenttype' is not valid:
          EVENT,"dataschema":""}                                        | the attribute 'dataschema' is empty
          EVENT,"subject":""}                                           | the attribute 'subject' is empty
          EVENT,"tenantId":"acme"}                                      | 'tenantId' cannot be the name of an attribute: it must be lower-case letters and digits
          EVENT,"where":{"city":"x"}}                                   | the attribute 'where' must be a text, a whole number, true or false
          EVENT,"price":1.5}                                            | the attribute 'price' must be a text, a whole number, true or false
          EVENT,"data":1,"data_base64":"eA=="}                          | it has both 'data' and 'data_base64'
          EVENT,"data_base64":"%%%"}                                    | its 'data_base64' is not Base64
          EVENT,"data_base64":7}                                        | its 'data_base64' is not a text
          EVENT,"a":"1","a":"2"}                                        | it has 'a' twice
          EVENT,"a":"\\ud83d"}                                          | the attribute 'a' has half a character, which cannot be sent as UTF-8
          EVENT,"datacontenttype":"text/plain","data":"\\ud83d"}        | the event's data has half a character, which cannot be sent as UTF-8
          EVENT} {}                                                     | there is more after the JSON object
          EVENT                                                         | it is not JSON
          []                                                            | it is not a JSON object
          ``                                                            | it is not a JSON object
          """)
  void whatIsNotAnEventIsRefusedWithASentence(String json, String why) {
    assertThatThrownBy(() -> EventDocument.of(json.replace("EVENT", BEGIN).getBytes(UTF_8)))
        .isInstanceOf(InvalidEvent.class)
        .message()
        .isEqualToIgnoringWhitespace(why);
  }

  @Test
  void aDocumentIsInUtf8() {
    assertThatThrownBy(() -> EventDocument.of((BEGIN + "}").getBytes(UTF_16)))
        .isInstanceOf(InvalidEvent.class)
        .hasMessage("it is not in UTF-8");
  }
}
