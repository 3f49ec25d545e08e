/// Where the policy comes from.
public struct PolicySource: Sendable {
  /// The file; nil for the policy that is built in.
  public let path: String?
  /// What it said when it was read first.
  public let document: PolicyDocument
  let bytes: [UInt8]?
  let read: @Sendable (String) -> [UInt8]?

  /// The policy that is built in.
  public static let builtIn = PolicySource(path: nil, document: .standard, bytes: nil) { _ in nil }

  /// A file, read.
  ///
  /// - Parameter read: reads it again later; nil where it can't.
  public init(path: String?, document: PolicyDocument, bytes: [UInt8]?, read: @escaping @Sendable (String) -> [UInt8]?)
  {
    self.path = path
    self.document = document
    self.bytes = bytes
    self.read = read
  }
}
