import Auth
import CentrifugoSetup
import Storage
import Testing

@testable import ProxyHooks

@Suite struct ConsolePagesTests {
  private func query(_ text: String, _ page: ConsolePage) throws -> ConsoleQuery {
    try ConsoleQuery(text, keys: page.keys)
  }

  private func explain(_ text: String, _ answer: ExplainPage.Answer) throws -> String {
    ExplainPage(query: try query(text, .explain), roles: [.driver, .rider], answer: answer).html.markup
  }

  private var policy: PolicyInForce {
    PolicyInForce(document: .standard, since: UTCTime(seconds: 0), path: "/etc/<policy>.yaml", reloads: (1, 2))
  }

  private func overview(_ minutes: [DecisionRing.Minute] = []) -> String {
    OverviewPage(
      version: "<1>", start: UTCTime(seconds: 0), policy: policy,
      readiness: Readiness(
        components: [.init(name: "database", state: .down), .init(name: "redis", state: .degraded)], isDraining: false),
      decisionLog: "to <nowhere>", minutes: minutes
    ).html.markup
  }

  private var watched: [LimitWatch.Entry] {
    hostileNames.map {
      LimitWatch.Entry(limit: "publish_room", owner: $0, subject: $0, fullness: 1_000, refusals: 1, at: 0)
    }
  }

  /// Every page there is, with whatever a stranger may have put in.
  private func pages() throws -> [String] {
    let rows = hostileNames.flatMap { name in
      HookKind.allCases.map { DecisionRow(.test($0, id: name, user: name, channel: name, method: name), at: .now) }
    }
    var pages = [
      overview(), PolicyPage.html(policy).markup,
      LimitsPage.html(watched, rules: LimitRules(), at: Deadline.now).markup,
      LimitsPage.html([], rules: LimitRules(), at: 0).markup, LintPage.html(.off, path: nil).markup,
      try explain("", .nothingAsked),
    ]
    pages.append(DecisionsPage(try query("rows=1000", .decisions)).html(rows).markup)
    for name in hostileNames {
      pages.append(LintPage.html(.unreadable(name), path: name).markup)
      let config =
        "{\"channel\": {\"namespaces\": [{\"name\": \"\(name.unicodeScalars.allSatisfy { $0.value > 0x1F && $0 != "\"" } ? name : "x")\", \"allow_publish_for_client\": true}]}}"
      let setup = Setup(file: try SetupForm.json.read(Array(config.utf8)))
      pages.append(LintPage.html(.report(LintReport(of: setup)), path: "f.json").markup)
      let text = "user=\(ConsoleQuery.encoded(String(name.prefix(200))))"
      guard let filled = try? query(text, .decisions) else { continue }
      pages.append(DecisionsPage(filled).html([]).markup)
      pages.append(try explain(text, .problem(name)))
      pages.append(try explain(text, .decided(rows[0], .failure(.init(name)))))
    }
    for row in rows { pages.append(try explain("id=1", .decided(row, row.explanation(under: .standard)))) }
    return pages
  }

  @Test("No page has a script, a handler, a style of its own, or an element that a stranger's words made")
  func nothingRuns() throws {
    let pages = try pages()
    #expect(pages.count > 80)
    let ours: Set<String> = [
      "html", "head", "meta", "title", "link", "body", "a", "header", "p", "nav", "ul", "li", "main", "footer", "h1",
      "h2", "h3",
      "div", "table", "caption", "thead", "tbody", "tr", "th", "td", "span", "br", "bdi", "dl", "dt", "dd", "form",
      "label",
      "input", "select", "option", "button", "fieldset", "legend", "small", "meter", "code", "section",
    ]
    let keys: Set<String> = [
      "lang", "charset", "name", "content", "http-equiv", "rel", "href", "class", "aria-label", "aria-current", "id",
      "tabindex",
      "role", "scope", "method", "action", "for", "value", "type", "selected", "checked", "autocomplete",
      "autocapitalize",
      "spellcheck", "min", "max", "high",
    ]
    for page in pages {
      for tag in page.matches(of: /<([a-z0-9]+)((?:\s[a-z-]+(?:="[^"<>]*")?)*)>/) {
        #expect(ours.contains(String(tag.1)), "\(tag.0)")
        for attribute in tag.2.matches(of: /\s([a-z-]+)(?:="[^"]*")?/) {
          #expect(keys.contains(String(attribute.1)), "\(tag.0)")
        }
      }
      // What is no such tag, nor one's end, has no `<` at all.
      let rest = page.replacing(/<\/?[a-z0-9]+(?:\s[a-z-]+(?:="[^"<>]*")?)*>/, with: "")
      #expect(rest.replacing("<!DOCTYPE html>", with: "").contains("<") == false)
      for link in page.matches(of: /(?:href|action)="([^"]*)"/) {
        #expect(link.1.hasPrefix("/console") || link.1 == "#content")
      }
      for sign in ["\u{202E}", "\u{200B}", "\u{2066}", "\u{0}", "\u{489}", "\u{E0041}"] {
        #expect(!page.unicodeScalars.contains(Unicode.Scalar(sign) ?? " "))
      }
    }
  }

  @Test("Every page has a language, a title of its own, landmarks, one main heading and a way past the navigation")
  func structure() throws {
    var titles: Set<Substring> = []
    for page in try pages() {
      titles.insert(try #require(page.firstMatch(of: /<title>([^<]+)<\/title>/)).1)
      #expect(page.contains("<html lang=\"en\">") && page.contains("<nav aria-label="))
      #expect(page.contains("<main id=\"content\"") && page.contains("href=\"#content\""))
      #expect(page.matches(of: /<h1>/).count == 1)
      #expect(page.matches(of: /aria-current="page"/).count == 1)
      // Each table has a caption and a box that the keyboard reaches, each field one label, and no id is there twice.
      #expect(page.matches(of: /<table/).count == page.matches(of: /<caption>/).count)
      #expect(page.matches(of: /<table/).count == page.matches(of: /role="region" tabindex="0" aria-label="[^"]/).count)
      let ids = page.matches(of: /<(?:input|select)[^>]* id="([^"]+)"/).map(\.1)
      #expect(Set(ids).count == ids.count)
      #expect(ids.sorted() == page.matches(of: /<label for="([^"]+)"/).map(\.1).sorted())
      #expect(page.matches(of: /<t[hd]>?/).count > 0 || !page.contains("<table"))
      #expect(!page.contains("<th>"))
      // Each row has as many cells as there are columns.
      for table in page.matches(of: /<thead>[\s\S]*?<\/tbody>/) {
        let rows = table.0.split(separator: "</tr>").dropLast().map { $0.matches(of: /<t[hd][ >]/).count }
        #expect(Set(rows).count == 1, "\(rows)")
      }
    }
    #expect(titles.count == ConsolePage.allCases.count)
  }

  @Test("The overview says what is down, what was refused, and how many decisions there were")
  func overviewPage() {
    var minute = DecisionRing.Minute(start: 120)
    minute.outcomes = [7, 6, 5, 4]
    minute.shadow = 3
    let page = overview([minute])
    #expect(page.contains("no: a part that it needs is down") && page.contains("degraded: done without"))
    #expect(page.contains("1 taken") && page.contains("2 not taken"))
    #expect(page.contains("to &lt;nowhere&gt;") && page.contains("ProxyHooks &lt;1&gt;"))
    #expect(page.contains("00:02") && page.contains(">7<") && page.contains(">4<") && page.contains("<td>3</td>"))
    #expect(overview().contains("Nothing was decided in the last 10 minutes"))
  }

  @Test("The policy's page has every rule and every operation")
  func policyPage() {
    let page = PolicyPage.html(policy).markup
    for rule in PolicyDocument.standard.policy.rules { #expect(page.contains("<td>\(rule.name)</td>")) }
    for operation in Operation.allCases { #expect(page.contains(operation.rawValue)) }
    #expect(page.contains(PolicyDocument.standard.version) && page.contains("/etc/&lt;policy&gt;.yaml"))
  }

  @Test("Decisions are shown as far as the form asks, and the form says what it was asked")
  func decisionsPage() throws {
    let rows = (0..<250).map { DecisionRow(.test(id: "r-\($0)", user: $0 < 150 ? "alice" : "bob"), at: .now) }
    let page = DecisionsPage(try query("user=alice&refresh=15&hook=publish", .decisions)).html(rows).markup
    #expect(page.contains("100 of 150 that fit, of 250 kept"))
    #expect(page.matches(of: /<a href="\/console\/explain\?id=r-/).count == 100)
    #expect(page.contains("value=\"alice\"") && page.contains("<option value=\"publish\" selected>"))
    #expect(page.contains("<meta http-equiv=\"refresh\" content=\"15\">"))
    for text in ["", "refresh=7", "refresh=0", "rows=-1", "rows=99999999999999999999"] {
      let page = DecisionsPage(try query(text, .decisions)).html(rows).markup
      #expect(page.contains("100 of 250") && !page.contains("http-equiv"))
    }
    #expect(DecisionsPage(try query("user=x", .decisions)).html(rows).markup.contains("None of the 250"))
    #expect(DecisionsPage(try query("", .decisions)).html([]).markup.contains("Nothing was decided"))
  }

  @Test("A full limit says so in words beside the bar")
  func limitsPage() {
    let entry = LimitWatch.Entry(
      limit: "publish_room", owner: "alice", subject: "m1", fullness: 1_000, refusals: 3, at: 5_000_000_000)
    var half = entry
    half.fullness = 559
    let page = LimitsPage.html([entry, half], rules: LimitRules(), at: 65_000_000_000).markup
    #expect(page.contains("100 %<span class=\"bad\"> full</span>") && page.contains(">55 %</meter> 55 %</td>"))
    #expect(page.contains("40/10s") && page.contains("60 s"))
    #expect(LimitsPage.html([], rules: LimitRules(), at: 0).markup.contains("No limit was half full"))
  }

  @Test("Findings stand by severity with place, reason and mend; a good configuration has none")
  func lintPage() throws {
    let bad = #"{"channel": {"namespaces": [{"name": "match", "allow_publish_for_client": true}]}}"#
    let page = LintPage.html(
      .report(LintReport(of: Setup(file: try SetupForm.json.read(Array(bad.utf8))))), path: "f.json"
    ).markup
    #expect(page.contains("<h2>Critical: ") && page.contains("channel.namespaces[0].allow_publish_for_client"))
    #expect(page.contains("<dt>why</dt>") && page.contains("<dt>mend</dt>"))
    let good = try Array(Repository.text(of: "centrifugo/config.json").utf8)
    let clean = LintPage.html(.report(LintReport(of: Setup(file: try SetupForm.json.read(good)))), path: "f.json")
      .markup
    #expect(!clean.contains("<h2>Critical") && !clean.contains("<h2>High"))
    #expect(LintPage.html(.off, path: nil).markup.contains("PROXYHOOKS_CONSOLE_CENTRIFUGO_CONFIG"))
  }

  @Test("A decision is explained on the facts that it was made on, and one that no rule made is not")
  func explainPage() throws {
    let facts = Facts(role: .rider, match: .open, isMuted: true)
    let row = DecisionRow(.test(code: .muted, reason: "muted", facts: facts), at: .now)
    let page = try explain("id=r-1", .decided(row, row.explanation(under: .standard)))
    #expect(page.contains("denied: muted") && page.contains("role=rider, match=open, muted"))
    // The form below asks the database of the same.
    #expect(page.contains("name=\"user\" value=\"alice\"") && page.contains("name=\"match\" value=\"m1\""))
    #expect(page.contains("<option value=\"publish\" selected>"))
    let limited = DecisionRow(.test(code: .tooManyRequests, reason: "limit_publish_room"), at: .now)
    let other = try explain("id=r-1", .decided(limited, limited.explanation(under: .standard)))
    #expect(other.contains("It was not the policy’s rules that decided this, but: limit_publish_room."))
    let missing = DecisionRow(.test(.rpc, method: "chat:fly", facts: facts), at: .now)
    guard case .failure = missing.explanation(under: .standard) else {
      Issue.record("a method that there is not was explained")
      return
    }
  }
}
