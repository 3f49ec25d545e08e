import Testing

@testable import ProxyHooks

@Suite struct HTMLTests {
  @Test("Text put into HTML is never markup, whichever quotes or tags are in it")
  func escaping() {
    for name in hostileNames {
      let html: HTML = "<p title=\"\(name)\">\(name)</p>"
      let inner = html.markup.dropFirst("<p title=\"".count).dropLast("</p>".count)
      #expect(inner.count { $0 == "<" } == 0)
      #expect(inner.count { $0 == "\"" } == 1 && inner.count { $0 == ">" } == 1)
      #expect(!inner.contains("'"))
    }
    let html: HTML = "<b>\("<i>&\"'")</b>"
    #expect(html.markup == "<b>&lt;i&gt;&amp;&quot;&#39;</b>")
  }

  @Test("HTML put into HTML is not escaped again, and a list is its pieces")
  func nesting() {
    let inner: HTML = "<i>\("a<b")</i>"
    let html: HTML = "<b>\(inner)\([inner, inner])</b>"
    #expect(html.markup == "<b><i>a&lt;b</i><i>a&lt;b</i><i>a&lt;b</i></b>")
  }

  @Test("What is not seen, or turns the writing around it, is spelled out")
  func unseen() {
    let scalars: [Unicode.Scalar] = [
      "\u{0}", "\t", "\n", "\u{7F}", "\u{85}", "\u{A0}", "\u{AD}", "\u{301}", "\u{489}", "\u{61C}", "\u{180E}",
      "\u{200B}",
      "\u{200D}", "\u{200E}", "\u{200F}", "\u{2028}", "\u{202A}", "\u{202E}", "\u{2060}", "\u{2066}", "\u{2069}",
      "\u{3164}", "\u{FE0F}", "\u{FEFF}", "\u{FFA0}", "\u{E000}", "\u{E0041}", "\u{10FFFF}",
    ]
    for scalar in scalars {
      let digits = String(scalar.value, radix: 16, uppercase: true)
      let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
      #expect(HTMLText.escaped("a\(Character(scalar))b") == "a⟨U+\(padded)⟩b")
    }
    #expect(HTMLText.escaped("Ärzte 東京 שלום 😀 a b") == "Ärzte 東京 שלום 😀 a b")
  }
}
