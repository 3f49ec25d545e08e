import ArgumentParser
import Auth
import ProxyHooks
import Storage

struct PolicyDiff: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Says what changes from one policy to another, and for whom.",
    discussion: """
      Every operation is decided by both policies for every role, state of the match, muted and not: nothing is left out. \
      The first sentence says whether anybody loses anything.

      Exit status: 0 nothing changes (with --fail-on lose: nobody loses anything), 1 something does, 2 a file can't be read \
      or has mistakes, or the database does not answer.
      """)

  enum FailOn: String, CaseIterable, ExpressibleByArgument {
    case lose, any
  }

  @Argument(help: "The policy as it is.")
  var old: String

  @Argument(help: "The policy as it is to be.")
  var new: String

  @Flag(help: "Count the members whom each change concerns, in the database of PROXYHOOKS_DATABASE_URL.")
  var people = false

  @Option(help: "What ends with status 1: lose, or any change.")
  var failOn = FailOn.any

  @OptionGroup var options: ConfigurationOptions

  func run() throws {
    let (old, new) = (try PolicyFiles.policy(at: old), try PolicyFiles.policy(at: new))
    let difference = PolicyDifference(from: old.document, to: new.document)
    let members = people ? try count() : nil
    print(difference.document(members: members).text, terminator: "")
    let fails = failOn == .lose ? difference.takesAnything : !difference.isEmpty
    if fails { throw PolicyStatus.no }
  }

  private func count() throws -> [Seat: Int64] {
    guard let url = try options.reviewing().databaseURL else {
      throw PolicyStatus.unreadable("--people needs PROXYHOOKS_DATABASE_URL.")
    }
    do throws(StorageError) {
      return try SeatCensus.count(url: url, by: .after(milliseconds: 60_000))
    } catch {
      throw PolicyStatus.unreadable("PROXYHOOKS_DATABASE_URL: \(error)")
    }
  }
}
