package dev.warren.operator.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The lines of a rabbitmq.conf, parsed as RabbitMQ parses them (with Cuttlefish 3.9). */
public final class RabbitConf {

  /** The word that includes another file. */
  public static final String INCLUDE = "include";

  /** One setting. Its value may have several lines. */
  public record Setting(int line, String key, String value) {

    /** The names between $( and ). */
    public List<String> variables() {
      return VARIABLE.matcher(value).results().map(found -> found.group(1).strip()).toList();
    }
  }

  private static final Pattern KEY = Pattern.compile("[ \\t]*([\\w.\\\\-]+)[ \\t]*=[ \\t]*");

  /** Three quotes, one quote, or up to a comment or the end of the line. */
  private static final List<Pattern> VALUES =
      List.of(
          Pattern.compile("'''(?<value>.*?)'''", Pattern.DOTALL),
          Pattern.compile("'(?<value>[^']*)'"),
          Pattern.compile("(?<value>[^\\s#](?:[^\\n#]*[^\\s#])?)"));

  private static final String REST_OF_LINE = "[ \\t]*(?:#[^\\n]*)?\\r?(?:\\n|\\z)";

  private static final Pattern NO_MORE = Pattern.compile(REST_OF_LINE);

  private static final Pattern INCLUDED =
      Pattern.compile("[ \\t]*" + INCLUDE + "[ \\t]+([^\\s#]+)" + REST_OF_LINE);

  private static final Pattern LINE = Pattern.compile("[^\\n]*(?:\\n|\\z)");

  private static final Pattern VARIABLE = Pattern.compile("\\$\\(([^)]*)\\)");

  private final List<Setting> settings = new ArrayList<>();
  private final List<Integer> malformed = new ArrayList<>();

  /** The last setting of each key, which is the one that counts. */
  private final Map<String, Setting> effective = new LinkedHashMap<>();

  private RabbitConf() {}

  /** Reads a text; null is empty. */
  public static RabbitConf of(String text) {
    RabbitConf conf = new RabbitConf();
    conf.read(text == null ? "" : text);
    conf.settings.forEach(setting -> conf.effective.put(setting.key(), setting));
    return conf;
  }

  private void read(String text) {
    int line = 1;
    for (int at = 0; at < text.length(); ) {
      int end = readSetting(text, at, line);
      if (end < 0) {
        end = match(LINE, text, at).orElseThrow().end();
        if (match(NO_MORE, text, at).isEmpty()) {
          malformed.add(line);
        }
      }
      line += (int) text.substring(at, end).chars().filter(sign -> sign == '\n').count();
      at = end;
    }
  }

  /** Where the setting that begins there ends; below 0 when none does. */
  private int readSetting(String text, int begin, int line) {
    Optional<Matcher> key = match(KEY, text, begin).filter(found -> isKey(found.group(1)));
    if (key.isPresent()) {
      return readValue(text, key.get().end(), line, key.get().group(1).replace("\\.", "."));
    }
    Optional<Matcher> included = match(INCLUDED, text, begin);
    included.ifPresent(file -> settings.add(new Setting(line, INCLUDE, file.group(1))));
    return included.map(Matcher::end).orElse(-1);
  }

  /** Words between dots. A dot that is part of a word has a backslash. */
  private static boolean isKey(String text) {
    return Arrays.stream(text.replace("\\.", "_").split("\\.", -1))
        .noneMatch(word -> word.isEmpty() || word.contains("\\"));
  }

  private int readValue(String text, int begin, int line, String key) {
    Optional<Matcher> value =
        VALUES.stream().flatMap(kind -> match(kind, text, begin).stream()).findFirst();
    Optional<Matcher> rest = value.flatMap(found -> match(NO_MORE, text, found.end()));
    rest.ifPresent(
        end -> settings.add(new Setting(line, key, value.orElseThrow().group("value").strip())));
    return rest.map(Matcher::end).orElse(-1);
  }

  private static Optional<Matcher> match(Pattern pattern, String text, int at) {
    Matcher matcher = pattern.matcher(text).region(at, text.length());
    return matcher.lookingAt() ? Optional.of(matcher) : Optional.empty();
  }

  /** All settings; of a key that is set twice, both. */
  public List<Setting> settings() {
    return List.copyOf(settings);
  }

  /** The numbers of lines that are neither a setting nor a comment. */
  public List<Integer> malformed() {
    return List.copyOf(malformed);
  }

  /** The settings that count: the last of each key. */
  public Collection<Setting> effective() {
    return List.copyOf(effective.values());
  }

  /** Whether a key has a value. */
  public boolean sets(String key) {
    return effective.containsKey(key);
  }

  /** The settings that count of a key and of all keys below it. */
  public Stream<Setting> family(String family) {
    String below = family + ".";
    return effective.values().stream()
        .filter(setting -> setting.key().equals(family) || setting.key().startsWith(below));
  }
}
