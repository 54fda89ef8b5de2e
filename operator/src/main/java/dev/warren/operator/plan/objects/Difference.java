package dev.warren.operator.plan.objects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A field of an object that is not as desired.
 *
 * @param path such as spec.template.spec.containers[app].image
 * @param before its value; missing if it has none
 * @param after the desired value; missing if it should have none
 */
public record Difference(String path, JsonNode before, JsonNode after) {

  private static final int MOST_SHOWN = 5;
  private static final int LONGEST_VALUE = 60;

  /** What a long value keeps of what is the same on both sides. */
  private static final int CONTEXT = 15;

  private static final String CUT = "...";

  /** User information in a URL, and the value of a setting such as a password. */
  private static final Pattern SECRET =
      Pattern.compile(
          "(://)[^/@\\s\"]+(?=@)"
              + "|(?i)((?:pass|secret|token|credential)[\\w.-]*\\s*=\\s*)[^\\n]+");

  private static final String NOT_SHOWN = "(not shown)";

  /** The same field without its values, because they are secret. */
  Difference hidden() {
    return new Difference(path, hidden(before), hidden(after));
  }

  private static JsonNode hidden(JsonNode value) {
    return value.isMissingNode() ? value : TextNode.valueOf(NOT_SHOWN);
  }

  /** The fields with their old and new values, at most five of them. */
  public static String describe(List<Difference> differences) {
    String first =
        differences.stream()
            .limit(MOST_SHOWN)
            .map(Difference::toString)
            .collect(Collectors.joining("; "));
    return differences.size() <= MOST_SHOWN
        ? first
        : first + "; and %d more".formatted(differences.size() - MOST_SHOWN);
  }

  /** Such as "spec.replicas: 2 -> 3". */
  @Override
  public String toString() {
    String shown = path + ": " + change();
    // A character outside the basic plane may have been cut in half.
    return new String(shown.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  private String change() {
    return hasLines(before) || hasLines(after)
        ? ofLines(lines(before), lines(after))
        : ofValues(withoutSecrets(text(before)), withoutSecrets(text(after)));
  }

  private static boolean hasLines(JsonNode value) {
    return value.isTextual() && value.textValue().contains("\n");
  }

  private static List<String> lines(JsonNode value) {
    return value.isTextual() ? value.textValue().lines().toList() : List.of();
  }

  private static String withoutSecrets(String text) {
    return SECRET.matcher(text).replaceAll("$1$2" + Matcher.quoteReplacement(NOT_SHOWN));
  }

  private static String ofValues(String before, String after) {
    if (before.length() <= LONGEST_VALUE && after.length() <= LONGEST_VALUE) {
      return before + " -> " + after;
    }
    int start = Math.max(0, commonStart(before, after) - CONTEXT);
    int end = Math.max(0, commonEnd(before, after, start) - CONTEXT);
    return part(before, start, end) + " -> " + part(after, start, end);
  }

  /** The lines that go and come, such as "- a = 1, + a = 2". */
  private static String ofLines(List<String> before, List<String> after) {
    List<String> changed =
        Stream.concat(
                before.stream().filter(line -> !after.contains(line)).map("- "::concat),
                after.stream().filter(line -> !before.contains(line)).map("+ "::concat))
            .filter(line -> !line.substring(1).isBlank())
            .map(line -> part(withoutSecrets(line), 0, 0))
            .toList();
    String first = changed.stream().limit(MOST_SHOWN).collect(Collectors.joining(", "));
    if (changed.isEmpty()) {
      return "the order of its lines, or blank lines";
    }
    return changed.size() <= MOST_SHOWN
        ? first
        : first + ", and %d more lines".formatted(changed.size() - MOST_SHOWN);
  }

  private static int commonStart(String one, String other) {
    int length = Math.min(one.length(), other.length());
    int same = 0;
    while (same < length && one.charAt(same) == other.charAt(same)) {
      same++;
    }
    return same;
  }

  private static int commonEnd(String one, String other, int after) {
    int length = Math.min(one.length(), other.length()) - after;
    int same = 0;
    while (same < length
        && one.charAt(one.length() - 1 - same) == other.charAt(other.length() - 1 - same)) {
      same++;
    }
    return same;
  }

  /** A text without so many characters at its start and its end, and not too long. */
  private static String part(String text, int start, int end) {
    String middle = text.substring(Math.min(start, text.length()), text.length() - end);
    boolean isLong = middle.length() > LONGEST_VALUE;
    return (start > 0 ? CUT : "")
        + (isLong ? middle.substring(0, LONGEST_VALUE) : middle)
        + (isLong || end > 0 ? CUT : "");
  }

  private static String text(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return "none";
    }
    if (value.isTextual()) {
      return value.textValue().isEmpty() ? "''" : value.textValue();
    }
    return value.toString();
  }
}
