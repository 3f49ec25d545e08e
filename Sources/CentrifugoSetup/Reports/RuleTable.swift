/// `docs/centrifugo-lint.md`, made from the rules themselves.
public enum RuleTable {
  /// The document.
  public static var markdown: String {
    var text = """
      # What the lint looks for in Centrifugo's configuration

      ```
      proxyhooks centrifugo lint centrifugo/config.json --environment /etc/centrifugo/environment
      ```

      reads a configuration of Centrifugo 6.9 (JSON, YAML or TOML) as Centrifugo reads it, and names what goes past the
      service, loses messages or is not what it looks like: each with the key, the line where the form tells it, what it does
      and what to write. `--environment` is a file of Centrifugo's `CENTRIFUGO_…` variables, which win over the file: a way
      past the hooks may be switched on there. What the service needs is taken as it ships; `--endpoint`, `--grpc-endpoint` and
      more options say where yours differs. It ends with 0 where nothing was found, 1 where something was, 2 where the
      file can't be read. `--ignore ID` accepts a rule's findings; `--at-least` says from which severity on there is a
      failure. Hooks over HTTP and over gRPC are held to the same.

      | severity | |
      |---|---|
      | critical | A client gets past the service. |
      | high | Messages are lost, or a refusal has no effect. |
      | medium | A protection is weaker than it could be, or something works later than it could. |
      | low | Tidiness that pays the day something else changes. |
      | info | What the file can't tell and somebody should look at; never a failure. |

      Not looked for: what Centrifugo itself refuses to start with, which `centrifugo checkconfig --strict` finds, as far as it
      is not a matter of the service; command line flags; and what stands in front of Centrifugo.

      """
    for theme in Rule.themes {
      text += """

        ## \(theme.title)

        | id | severity | |
        |---|---|---|

        """
      for rule in theme.rules { text += "| `\(rule.id)` | \(rule.severity.rawValue) | \(rule.title) |\n" }
    }
    return text
  }
}
