import Audit
import Storage

/// The decision log's lines in PostgreSQL. Each start begins a chain, which names the end of the one begun last.
final class DecisionLogTable: LineDestination {
  /// How many lines are written at once.
  private static let batch = 500

  private let table: DecisionTable

  init(url: String) { table = DecisionTable(url: url) }

  func open() throws(LogFailure) -> ChainEnd {
    do throws(StorageError) {
      guard let line = try table.lastLine() else { return .nothing }
      return .follows(ChainPosition(line: line), damaged: nil)
    } catch {
      throw LogFailure("postgresql: \(error)")
    }
  }

  func write(_ lines: ArraySlice<UInt8>) -> (written: Int, failure: LogFailure?) {
    var written = 0
    var rest = lines
    while !rest.isEmpty {
      var batch: [String] = []
      var bytes = 0
      while batch.count < Self.batch, let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        batch.append(String(decoding: rest[..<end], as: UTF8.self))
        bytes += end + 1 - rest.startIndex
        rest = rest[(end + 1)...]
      }
      guard !batch.isEmpty else { break }
      do throws(StorageError) { try table.insert(batch) } catch {
        return (written, LogFailure("postgresql: \(error)"))
      }
      written += bytes
    }
    return (written, nil)
  }

  // A commit has done it.
  func sync() {}

  func close() { table.close() }
}
