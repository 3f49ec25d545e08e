import ArgumentParser
import Storage

struct Migrate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Brings the database's schema `proxyhooks` up to this version.",
    discussion: """
      Needs PROXYHOOKS_DATABASE_URL alone; the namespaces and PROXYHOOKS_OUTBOX_PARTITIONS are written where the database's \
      triggers find them. Safe to run from several instances at once, and again: what is there already is \
      left alone.
      """)

  @OptionGroup var options: ConfigurationOptions

  func run() throws {
    let migrator = try options.migrator()
    do throws(StorageError) {
      let applied = try migrator.run { print($0) }
      print(applied == 0 ? "The schema is up to date." : "The schema is up to date now.")
    } catch {
      throw Failure(
        "PROXYHOOKS_DATABASE_URL: \(error); is the server running, the address right, may the role create a schema?")
    }
  }
}
