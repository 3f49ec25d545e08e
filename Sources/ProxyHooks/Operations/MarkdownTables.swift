/// The tables of `docs/`, made from what the code itself uses.
public enum MarkdownTables {
  /// `docs/settings.md`.
  public static var settings: String {
    var text = """
      # Settings

      From the environment, or from a file of `KEY=VALUE` lines (`--config FILE` or `PROXYHOOKS_CONFIG`); the environment
      wins. A key that is not here, and a value that is not as said here, keeps the service from starting.

      | key | default | meaning |
      |---|---|---|

      """
    for setting in Setting.all {
      text += "| `\(setting.key)` | \(setting.fallback.map { "`\($0)`" } ?? "–") | \(setting.help) |\n"
    }
    return text
  }

  /// `docs/codes.md`.
  public static var codes: String {
    var text = """
      # Codes

      Everything a client can be told besides yes. An *error* answers one request. *reconnect* and *terminal* end the
      connection; after *reconnect* the SDK connects again, after *terminal* it does not. *temporary* means that the same
      request may succeed later; a denial never is.

      | code | name | form | temporary | text | when |
      |---|---|---|---|---|---|

      """
    for code in Code.all {
      text += """
        | \(code.number) | `\(code.name)` | \(code.form.rawValue) | \(code.isTemporary ? "yes" : "no") | \(code.text) \
        | \(code.meaning) |

        """
    }
    return text
  }
}
