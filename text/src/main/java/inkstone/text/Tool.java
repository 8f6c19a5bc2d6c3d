package inkstone.text;

/**
 * A tool that the assistant may call.
 *
 * @param json its description as OpenAI and Transformers have it: {@code {"type": "function",
 *     "function": {"name": ..., "description": ..., "parameters": <JSON schema>}}}
 */
public record Tool(String json) {

  /**
   * Refuses what is no JSON object.
   *
   * @throws TemplateException where it is not
   */
  public Tool {
    ChatJson.object(json, "a tool");
  }
}
