import ArgumentParser
import Audit
import Auth
import Glibc
import Storage

struct AuditVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Finds what was changed, taken out, moved, put in or cut in a decision log, and says what is proven.",
    discussion: """
      A directory is read whole, and nothing but the log may be in it. Files given one by one may have other lines between, \
      such as the service's own. Without --key signatures are not looked at, and whoever can write the log can write another. \
      Without --anchors nothing tells what was cut off behind the last line.

      Exits with 0 where nothing was found, 1 where something was, 2 where something could not be read.
      """)

  @OptionGroup var source: AuditSource

  @Option(
    name: .customLong("key"),
    help: ArgumentHelp(
      "A public key of the log, as `audit key` prints it, or a PEM; several times for several.", valueName: "file"))
  var keyFiles: [String] = []

  @Option(
    name: .customLong("anchors"),
    help: ArgumentHelp(
      "The service's own log, or several of it, with the checkpoints that it was told.", valueName: "file"))
  var anchorFiles: [String] = []

  func run() throws {
    let keys = try keys()
    var anchors = try anchors()
    var table: DecisionReader?
    if source.database {
      try AuditSource.reading {
        let reader = try DecisionReader(url: source.options.keeping().databaseURL)
        for line in try reader.openingLines() { anchors.add(opening: Array(line.utf8)[...]) }
        table = reader
      }
    }
    var verifier = try LogVerifier(
      table != nil ? .table : source.isDirectory ? .directory : .stream, keys: keys, anchors: anchors)
    try AuditSource.reading {
      if let table { try read(table, into: &verifier) } else { try readFiles(into: &verifier) }
    }
    verifier.finish()
    for line in VerifierText.lines(
      of: verifier, hasKeys: !keys.isEmpty, anchors: anchors.count, isKept: !source.database)
    {
      try StandardStreams.print(line)
    }
    if !verifier.isIntact { throw VectorStatus.refused }
  }

  private func readFiles(into verifier: inout LogVerifier) throws {
    var progress = Progress()
    defer { progress.end() }
    for (path, name) in try source.files() {
      let descriptor = try AuditSource.open(path)
      defer { close(descriptor) }
      verifier.begin(file: name)
      if let half = try LogLines.read(
        descriptor, named: name, progress: { progress.add($0) },
        { line, place in
          verifier.read(line, at: place)
          return true
        })
      {
        verifier.read(half: half.bytes, at: half.place)
      }
    }
  }

  private func read(_ table: DecisionReader, into verifier: inout LogVerifier) throws {
    var number = 0
    var progress = Progress()
    defer { progress.end() }
    try table.allRows { line, isSame in
      number += 1
      let bytes = Array(line.utf8)
      progress.add(bytes.count)
      verifier.read(bytes[...], at: LogPlace(file: "database", line: number), columnsDiffer: !isSame)
      return true
    }
  }

  private func keys() throws -> CheckpointKeys {
    var keys = CheckpointKeys()
    for file in keyFiles {
      do {
        try keys.add(file: FileBytes.read(file, atMost: KeySet.maximumBytes))
      } catch {
        StandardStreams.complain("\(file): \(error)")
        throw VectorStatus.unreadable
      }
    }
    return keys
  }

  private func anchors() throws -> LogAnchors {
    var anchors = LogAnchors()
    for file in anchorFiles {
      let descriptor = try AuditSource.open(file)
      defer { close(descriptor) }
      try AuditSource.reading {
        _ = try LogLines.read(descriptor, named: file) { line, _ in
          anchors.add(line)
          return true
        }
      }
    }
    // Asked for and not there: nothing would tell a log that was cut, and its end would look like one that was looked at.
    if !anchorFiles.isEmpty, anchors.count == 0 {
      StandardStreams.complain("\(anchorFiles.joined(separator: ", ")): no checkpoint of a decision log is in there")
      throw VectorStatus.unreadable
    }
    return anchors
  }
}
