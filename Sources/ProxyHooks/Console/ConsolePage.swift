/// The pages there are, in the order of the navigation.
enum ConsolePage: String, CaseIterable, Sendable {
  case overview = "/console"
  case policy = "/console/policy"
  case decisions = "/console/decisions"
  case explain = "/console/explain"
  case lint = "/console/lint"
  case limits = "/console/limits"

  /// What the navigation and the title call it.
  var title: String {
    switch self {
    case .overview: "Overview"
    case .policy: "Policy"
    case .decisions: "Decisions"
    case .explain: "Explain"
    case .lint: "Centrifugo"
    case .limits: "Limits"
    }
  }

  /// The whole document around `content`, which has a heading of its own level 1.
  ///
  /// - Parameter refresh: after how many seconds the browser asks for the page again; nil for never.
  func document(_ content: HTML, refresh: Int? = nil) -> HTML {
    let again: HTML = refresh.map { "<meta http-equiv=\"refresh\" content=\"\($0)\">\n" } ?? .none
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      \(again)<title>\(title) – ProxyHooks</title>
      <link rel="stylesheet" href="\(ConsoleRoute.stylePath)">
      </head>
      <body>
      <a class="skip" href="#content">Skip to the content</a>
      <header>
      <p class="name">ProxyHooks</p>
      <nav aria-label="Pages">
      <ul>
      \(Self.allCases.html { page in
        "<li><a href=\"\(page.rawValue)\"\(page == self ? " aria-current=\"page\"" : .none)>\(page.title)</a></li>\n"
      })</ul>
      </nav>
      </header>
      <main id="content" tabindex="-1">
      \(content)</main>
      <footer>
      <p>This instance alone, as of \(UTCTime.now.rfc3339). Nothing here can be changed.</p>
      </footer>
      </body>
      </html>

      """
  }
}
