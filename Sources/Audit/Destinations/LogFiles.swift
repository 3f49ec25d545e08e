#if canImport(Glibc)
  import Glibc
#endif

/// The files of a directory that are a log: `decisions-000000001.jsonl` and so on, numbered in their order.
public enum LogFiles {
  private static let prefix = "decisions-"
  private static let suffix = ".jsonl"
  private static let digits = 9

  /// The names of the log's files in the directory at `path`, in order.
  public static func names(in path: String) throws(LogFailure) -> [String] {
    guard let directory = opendir(path) else { throw .system(path) }
    defer { closedir(directory) }
    var names: [String] = []
    errno = 0
    while let entry = readdir(directory) {
      // The name ends with a NUL inside the entry, which lives until the next call.
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if number(of: name) != nil { names.append(name) }
    }
    guard errno == 0 else { throw .system(path) }
    return names.sorted()
  }

  /// Whether the path at `path` is a directory.
  public static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The number in a file's name; nil for a name that is none of the log's.
  static func number(of name: String) -> Int? {
    guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { return nil }
    let text = name.dropFirst(prefix.count).dropLast(suffix.count)
    guard text.utf8.count == digits, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text)
  }

  static func name(_ number: Int) -> String {
    let text = String(number)
    return prefix + String(repeating: "0", count: max(0, digits - text.count)) + text + suffix
  }
}
