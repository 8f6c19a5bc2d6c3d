package inkstone.text;

import java.util.Locale;

/** Who speaks in a conversation. */
public enum Role {
  /** Rules that hold for the whole conversation. */
  SYSTEM,
  /** The same, as newer models call it. */
  DEVELOPER,
  /** The person. */
  USER,
  /** The model. */
  ASSISTANT,
  /** What a tool that the model called answered. */
  TOOL;

  /** As JSON and templates write it, in lower case. */
  public String json() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The role of this name.
   *
   * @throws TemplateException if there is none
   */
  public static Role of(String json) {
    for (Role role : values()) {
      if (role.json().equals(json)) {
        return role;
      }
    }
    throw new TemplateException(
        "'%s' is no role; a message is of system, developer, user, assistant or tool"
            .formatted(json));
  }
}
