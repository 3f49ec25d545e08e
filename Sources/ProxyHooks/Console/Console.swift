import Auth
import CentrifugoSetup
import Logging
import NIOPosix
import Storage
import StrictJSON

/// The reviewers' pages: puts what they show together, and changes nothing.
struct Console: Sendable {
  /// What the pages tell of.
  struct Sources: Sendable {
    let version: String
    let policies: PolicyKeeper
    let ring: DecisionRing
    let limits: LimitWatch
    let stores: Stores
    let readiness: @Sendable () -> Readiness
    /// Where decisions are written, in words.
    let decisionLog: String
    /// How long the database may take, in milliseconds.
    let milliseconds: Int
    /// What Centrifugo's configuration should say.
    let expectations: SetupExpectations
  }

  private let settings: ConsoleSettings
  private let gate: ConsoleGate
  private let sources: Sources
  private let start = UTCTime.now

  init(_ settings: ConsoleSettings, sources: Sources, log: Logger) {
    self.settings = settings
    gate = ConsoleGate(settings.token, log: log)
    self.sources = sources
  }

  /// Judges the head of a request for one of the console's paths.
  func admit(_ head: HTTPHead, to route: ConsoleRoute, arrival: UInt64) -> Result<ConsoleRoute, HTTPRefusal> {
    if let refusal = gate.refusal(head, at: arrival) { return .failure(refusal) }
    guard head.method == .get else { return .failure(.notGet) }
    return .success(route)
  }

  /// The answer to who was admitted.
  func respond(to route: ConsoleRoute) async -> HTTPReply {
    switch route {
    case .style: return HTTPReply(contentType: .style, body: Array(ConsoleStyle.text.utf8))
    case .page(let page, .failure(let fault)):
      return HTTPReply(status: .badRequest, contentType: .page, body: page.faulty(fault).bytes)
    case .page(let page, .success(let query)):
      return HTTPReply(contentType: .page, body: await html(page, query).bytes)
    }
  }

  private func html(_ page: ConsolePage, _ query: ConsoleQuery) async -> HTML {
    switch page {
    case .overview:
      return OverviewPage(
        version: sources.version, start: start, policy: sources.policies.inForce, readiness: sources.readiness(),
        decisionLog: sources.decisionLog, minutes: sources.ring.counts()
      ).html
    case .policy: return PolicyPage.html(sources.policies.inForce)
    case .decisions: return DecisionsPage(query).html(sources.ring.latest)
    case .explain: return await explain(query)
    case .lint: return LintPage.html(await lint(), path: settings.centrifugoFile)
    case .limits:
      return LimitsPage.html(
        sources.limits.nearEdge(), rules: sources.policies.current.limits, at: Deadline.now)
    }
  }

  private func explain(_ query: ConsoleQuery) async -> HTML {
    let document = sources.policies.current
    let answer: ExplainPage.Answer
    do throws(ExplainQuestion.Problem) {
      answer = query.isEmpty ? .nothingAsked : try await explain(ExplainQuestion(query), under: document)
    } catch {
      answer = .problem(error.text)
    }
    return ExplainPage(query: query, roles: document.policy.roles, answer: answer).html
  }

  private func explain(_ question: ExplainQuestion, under document: PolicyDocument)
    async throws(ExplainQuestion.Problem) -> ExplainPage.Answer
  {
    switch (question.source, question.operation) {
    case (.decision(let id), _):
      guard let row = sources.ring.row(of: id) else {
        throw ExplainQuestion.Problem(
          "There is no decision of that request among the last \(sources.ring.places) of this instance; the decision log has it."
        )
      }
      return .decided(row, row.explanation(under: document))
    case (.given(let facts, let isOfOneMatch), .some(let operation)):
      return .explained(
        PolicyExplanation(of: operation, on: facts, isOfOneMatch: isOfOneMatch, under: document),
        from: "On the facts that were given, by the policy in force.")
    case (.database(let user, let match, let tokenID, let issuedAt), .some(let operation)):
      let facts: Facts
      do throws(StorageError) {
        facts = try await sources.stores.facts(
          of: user, for: operation, in: match, tokenID: tokenID, issuedAt: issuedAt,
          by: .after(milliseconds: sources.milliseconds))
      } catch {
        throw ExplainQuestion.Problem("The database did not answer; hooks are refused then too. Try again.")
      }
      return .explained(
        PolicyExplanation(
          of: operation, on: facts, isOfOneMatch: operation.scope == .matches && match != nil, under: document),
        from: "As the database has \(user.text) now, by the policy in force. Limits are counted before any of this.")
    case (_, nil): throw ExplainQuestion.Problem("Choose an operation.")
    }
  }

  /// Reads and judges the file on a thread that may block.
  private func lint() async -> LintPage.State {
    guard let path = settings.centrifugoFile else { return .off }
    let (read, expectations) = (settings.read, sources.expectations)
    let state = try? await NIOThreadPool.singleton.runIfActive { () -> LintPage.State in
      guard let form = SetupForm(fileName: path) else {
        return .unreadable("want a name that ends in .json, .yaml or .toml")
      }
      guard let bytes = read(path) else { return .unreadable("is it there, and may this service read it?") }
      do throws(SetupFault) {
        return .report(LintReport(of: Setup(file: try form.read(bytes)), expecting: expectations))
      } catch {
        return .unreadable("\(error)")
      }
    }
    return state ?? .unreadable("the service is shutting down")
  }
}

extension DecisionRow {
  /// The decision explained by `document`, on the facts that it was made on.
  func explanation(under document: PolicyDocument) -> Result<PolicyExplanation, ExplainQuestion.Problem> {
    guard let operation = hook == .rpc ? Operation(method: method) : Operation(rawValue: hook.rawValue),
      !facts.isEmpty, let facts = (try? JSON.parse(facts)).flatMap({ Facts(json: $0) })
    else {
      return .failure(ExplainQuestion.Problem("It was not the policy’s rules that decided this, but: \(reason)."))
    }
    return .success(PolicyExplanation(of: operation, on: facts, under: document))
  }
}

extension ConsolePage {
  /// What is said of a query that can't be read.
  fileprivate func faulty(_ fault: ConsoleQuery.Fault) -> HTML {
    let why: HTML =
      switch fault {
      case .malformed: "It has an escape that is none, or is not UTF-8."
      case .unknown: "It has a key that this page does not have."
      case .twice: "It has a key twice."
      case .tooLong: "It, or one of its values, is too long."
      }
    return document("<h1>\(title)</h1>\n<p class=\"note bad\">The address can’t be read. \(why)</p>\n")
  }
}

extension HTML {
  fileprivate var bytes: [UInt8] { Array(markup.utf8) }
}
