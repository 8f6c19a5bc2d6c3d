package inkstone.generate.constraint;

import java.util.Map;

/**
 * The formats of strings that can be held, as regular expressions: RFC 3339 (dates and times; no
 * leap seconds, offsets of less than 15 hours), RFC 9562 (UUIDs), and of RFC 5321 the addresses of
 * plain words and host names.
 */
final class Formats {

  private static final String YEAR = "\\d{4}";
  private static final String LEAP =
      "(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)";
  private static final String DATE =
      "(?:"
          + YEAR
          + "-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])"
          + "|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|"
          + LEAP
          + "-02-29)";
  private static final String CLOCK = "(?:[01]\\d|2[0-3]):[0-5]\\d";
  private static final String TIME =
      CLOCK + ":[0-5]\\d(?:\\.\\d{1,9})?(?:Z|[+-](?:0\\d|1[0-4]):[0-5]\\d)";
  private static final String LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,20}[a-zA-Z0-9])?";
  private static final String WORD = "[a-zA-Z0-9_+-]{1,20}";

  static final Map<String, String> EXPRESSIONS =
      Map.of(
          "date",
          DATE,
          "time",
          TIME,
          "date-time",
          DATE + "T" + TIME,
          "uuid",
          "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
          "email",
          WORD + "(?:\\." + WORD + "){0,2}@" + LABEL + "(?:\\." + LABEL + "){0,3}\\.[a-z]{2,8}");

  private Formats() {}
}
