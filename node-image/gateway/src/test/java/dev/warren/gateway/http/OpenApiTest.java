package dev.warren.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.gateway.broker.BrokerFailure;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenApiTest {

  @Test
  void theDocumentIsValid() throws Exception {
    SwaggerParseResult parsed = parsed();
    assertThat(parsed.getMessages()).isNullOrEmpty();
    assertThat(parsed.getOpenAPI().getOpenapi()).startsWith("3.1");
    assertThat(parsed.getOpenAPI().getPaths())
        .containsOnlyKeys("/queues/{queue}", "/exchanges/{exchange}/{routingKey}");
  }

  @Test
  void everyProblemIsDocumented() throws Exception {
    List<HttpProblem> problems = new ArrayList<>();
    problems.add(HttpProblem.badRequest("x"));
    problems.add(HttpProblem.notFound("x"));
    problems.add(HttpProblem.methodNotAllowed("x"));
    problems.add(HttpProblem.tooSlow());
    problems.add(HttpProblem.tooLarge("x"));
    problems.add(HttpProblem.uriTooLong(1));
    problems.add(HttpProblem.headersTooLarge(1));
    problems.add(HttpProblem.internal());
    for (BrokerFailure.Kind kind : BrokerFailure.Kind.values()) {
      problems.add(HttpProblem.of(new BrokerFailure(kind, "x")));
    }
    OpenAPI document = parsed().getOpenAPI();
    Schema<?> type =
        (Schema<?>)
            document.getComponents().getSchemas().get("Problem").getProperties().get("type");
    assertThat(type.getEnum().stream().map(Object::toString))
        .containsExactlyInAnyOrderElementsOf(
            problems.stream().map(problem -> problem.json().getString("type")).distinct().toList());
    assertThat(
            document.getPaths().get("/queues/{queue}").getPost().getResponses().keySet().stream())
        .containsExactlyInAnyOrder(
            "202", "400", "403", "404", "408", "413", "414", "431", "500", "503");
  }

  private static SwaggerParseResult parsed() throws Exception {
    try (InputStream document = PublishServer.class.getResourceAsStream("openapi.json")) {
      String json = new String(document.readAllBytes(), StandardCharsets.UTF_8);
      return new OpenAPIV3Parser().readContents(json);
    }
  }
}
