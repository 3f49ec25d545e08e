import Foundation

/// The checkout that the tests were built from.
enum Repository {
  static let root = URL(filePath: #filePath).appending(path: "../../..").standardized

  /// A file's text, by its path from the root.
  static func text(of path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// The paths from the root of all files and folders, but for those that begin with a dot.
  static let paths: [String] = {
    let top = root.path + "/"
    let walk = FileManager.default.enumerator(
      at: root, includingPropertiesForKeys: nil, options: [.skipsHiddenFiles, .producesRelativePathURLs])
    return (walk?.compactMap { ($0 as? URL)?.standardized.path } ?? []).map {
      $0.hasPrefix(top) ? String($0.dropFirst(top.count)) : $0
    }
  }()
}
