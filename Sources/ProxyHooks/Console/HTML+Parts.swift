extension HTML {
  /// A table in a box of its own that scrolls, also by keys, where the page is narrower.
  ///
  /// - Parameters:
  ///   - caption: what it is, in a few words; also the box's name, so it should be unlike the page's others.
  ///   - columns: the columns' titles.
  ///   - rows: the cells of each row, with their `th` and `td`.
  ///   - isHeaded: whether a heading above says the same, so that the caption is only heard.
  static func table(
    _ caption: HTML, columns: [HTML], rows: [HTML], class name: StaticString = "", isHeaded: Bool = false
  ) -> HTML {
    let name = HTML(stringLiteral: name)
    return """
      <div class="scroll" role="region" tabindex="0" aria-label="\(caption)">
      <table class="\(name)">
      <caption>\(isHeaded ? "<span class=\"hidden\">\(caption)</span>" : caption)</caption>
      <thead>
      <tr>\(columns.html { "<th scope=\"col\">\($0)</th>" })</tr>
      </thead>
      <tbody>
      \(rows.html { "<tr>\($0)</tr>\n" })</tbody>
      </table>
      </div>

      """
  }

  /// A cell that names its row.
  static func head(_ text: HTML) -> HTML { "<th scope=\"row\">\(text)</th>" }

  /// A cell.
  static func cell(_ text: HTML) -> HTML { "<td>\(text)</td>" }

  /// A cell with words of a client's: of any length, and in a direction of their own.
  static func theirs(_ text: HTML) -> HTML { "<td class=\"theirs\"><bdi>\(text)</bdi></td>" }

  /// A labelled line of text to fill in. `id` is the query's key too.
  static func input(_ id: StaticString, _ label: StaticString, _ value: String, hint: StaticString = "") -> HTML {
    let (id, label, hint) = (HTML(stringLiteral: id), HTML(stringLiteral: label), HTML(stringLiteral: hint))
    let help: HTML = hint.markup.isEmpty ? .none : "<small>\(hint)</small>"
    return """
      <p><label for="\(id)">\(label)</label><input id="\(id)" name="\(id)" value="\(value)" autocomplete="off" \
      autocapitalize="off" spellcheck="false">\(help)</p>

      """
  }

  /// A labelled choice among values, each with its words. `id` is the key where a page has the key twice.
  static func select(
    _ key: StaticString, id: StaticString? = nil, _ label: StaticString, _ value: String,
    among options: [(value: String, words: String)]
  ) -> HTML {
    let (key, id, label) = (
      HTML(stringLiteral: key), HTML(stringLiteral: id ?? key), HTML(stringLiteral: label)
    )
    return """
      <p><label for="\(id)">\(label)</label><select id="\(id)" name="\(key)">
      \(options.html { option in
        "<option value=\"\(option.value)\"\(option.value == value ? " selected" : .none)>\(option.words)</option>\n"
      })</select></p>

      """
  }

  /// A labelled box to tick.
  static func checkbox(_ id: StaticString, _ label: StaticString, isOn: Bool) -> HTML {
    let (id, label) = (HTML(stringLiteral: id), HTML(stringLiteral: label))
    return """
      <p class="tick"><input type="checkbox" id="\(id)" name="\(id)" value="1"\(isOn ? " checked" : .none)>\
      <label for="\(id)">\(label)</label></p>

      """
  }

  /// Names and what they are.
  static func facts(_ facts: [(name: String, value: HTML)]) -> HTML {
    "<dl>\n\(facts.html { "<div><dt>\($0.name)</dt><dd>\($0.value)</dd></div>\n" })</dl>\n"
  }

  /// A word with a colour that says the same.
  static func tone(_ tone: Tone, _ text: String) -> HTML { "<span class=\"\(tone.rawValue)\">\(text)</span>" }

  /// What a word's colour says beside the word.
  enum Tone: String {
    case good
    case bad
    case odd
    case plain
  }
}
