import ArgumentParser
import Foundation
import Storage

struct Prune: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Ends what is kept no longer: old months of messages, and rows that have had their use.",
    discussion: """
      Needs PROXYHOOKS_DATABASE_URL alone, of the role that `proxyhooks migrate` uses. May be stopped and run again; the \
      service goes on meanwhile. Prints a table of what was done; says on standard error what is under way.
      """)

  @OptionGroup var options: ConfigurationOptions

  @Option(
    help:
      "Keep matches that are over, and their messages, for so many days since the last message: 90d. Default: PROXYHOOKS_RETENTION_DAYS.",
    transform: Self.days)
  var olderThan: Int?

  @Option(help: "End a month that at most so many living rooms hold, and move those to the present month.")
  var moveLiving = 0

  @Flag(help: "Change nothing; say what would be done.")
  var dryRun = false

  func validate() throws {
    guard moveLiving >= 0 else { throw ValidationError("--move-living: want a number of rooms") }
  }

  func run() throws {
    let settings = try options.keeping()
    let plan = RetentionPlan(
      days: olderThan ?? settings.retentionDays, reportDays: settings.reportDays,
      decisionDays: settings.decisionDays, mostMovedRooms: moveLiving,
      isDryRun: dryRun)
    do throws(StorageError) {
      let report = try Retention(url: settings.databaseURL).run(plan) { Self.say($0) }
      for line in report.lines {
        print(Self.padded(line.item, 24), Self.padded("\(line.count)", 10, isNumber: true), "", line.remark)
      }
      if plan.days == nil { print("Messages are kept: neither --older-than nor PROXYHOOKS_RETENTION_DAYS is set.") }
    } catch {
      throw Failure(keeping: error)
    }
  }

  private static func days(_ text: String) throws -> Int {
    guard text.hasSuffix("d"), let days = Int(text.dropLast()), (1...36_500).contains(days) else {
      throw ValidationError("want days, such as 90d")
    }
    return days
  }

  private static func padded(_ text: String, _ width: Int, isNumber: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - text.count))
    return isNumber ? space + text : text + space
  }

  static func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}

extension Failure {
  /// What ended a command that works through the database.
  init(keeping error: StorageError) {
    self.init(
      error.serverCode == "already_running"
        ? "Another prune, export or erasure is under way; try again when it has ended."
        : "PROXYHOOKS_DATABASE_URL: \(error). What was done stays; run it again to go on. Does the role own the schema?"
    )
  }
}
