import ArgumentParser
import Auth
import Foundation
import Glibc
import Storage

struct Person: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What is kept of one person: all of it as JSON, or the end of it.",
    subcommands: [Export.self, Erase.self])

  /// The person, and how their messages are found.
  struct Choice: ParsableArguments {
    @OptionGroup var options: ConfigurationOptions

    @Option(help: "The person's id.")
    var user: String

    @Flag(help: "Look at every message, for a person whose memberships were deleted. Takes as long as that takes.")
    var searchAll = false

    func validate() throws {
      guard UserID(user) != nil else {
        throw ValidationError("--user: want 1 to 64 characters A-Z a-z 0-9 . _ @ -")
      }
    }

    func data() throws -> PersonData {
      guard let user = UserID(user) else { throw ValidationError("--user: is no id") }
      let settings = try options.keeping()
      do throws(StorageError) {
        return try PersonData(of: user, url: settings.databaseURL, searchesAll: searchAll)
      } catch {
        throw Failure(keeping: error)
      }
    }
  }

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Prints what is kept of a person as one JSON object.")

    @OptionGroup var choice: Choice

    func run() throws { try Person.export(choice.data(), to: .standardOutput) }
  }

  struct Erase: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Erases what is kept of a person; what they said becomes tombstones of nobody.",
      discussion: """
        Takes the person's account in the app for closed: their tokens are revoked and their memberships end. May be run \
        again; the second time finds nothing. A ban from the service stays, and so does that they were in a match.
        """)

    @OptionGroup var choice: Choice

    @Option(help: "Write what is kept to this new file first.")
    var export: String?

    @Flag(help: "Erase without an export.")
    var withoutExport = false

    @Flag(help: "Yes, erase it; there is no way back.")
    var yes = false

    func validate() throws {
      guard (export != nil) != withoutExport else {
        throw ValidationError("Give --export FILE or --without-export.")
      }
      guard yes else { throw ValidationError("There is no way back. Give --yes if this is meant.") }
    }

    func run() throws {
      let data = try choice.data()
      if let export {
        // For the operator alone, and never over another file.
        let descriptor = open(export, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        guard descriptor >= 0 else { throw Failure("\(export): can't be made; is there a file of that name?") }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try Person.export(data, to: file)
        guard fsync(descriptor) == 0 else { throw Failure("\(export): can't be written; nothing was erased") }
      }
      do throws(StorageError) {
        let counts = try data.erase { Prune.say($0) }
        print("memberships ended  \(counts.memberships)")
        print("messages erased    \(counts.messages)")
        print("other rows deleted \(counts.rows)")
      } catch {
        throw Failure(keeping: error)
      }
    }
  }

  private static func export(_ data: PersonData, to file: FileHandle) throws {
    do {
      try data.export { try file.write(contentsOf: Data($0.utf8)) }
    } catch let error as StorageError {
      throw Failure(keeping: error)
    } catch {
      throw Failure("The export can't be written: \(error.localizedDescription)")
    }
  }
}
