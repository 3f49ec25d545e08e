// The policy file, and the settings that it has taken the place of.
extension Configuration {
  /// The policy; the one that is built in where no file is named, and where the named one is bad, which is a problem.
  static func policy(_ reader: inout SettingsReader, readFile: @escaping @Sendable (String) -> [UInt8]?) -> PolicySource
  {
    guard let path = reader.text(.policyFile) else { return .builtIn }
    guard let bytes = readFile(path) else {
      reader.problem(.policyFile, "the file can't be read")
      return .builtIn
    }
    do throws(PolicyFileError) {
      return PolicySource(path: path, document: try PolicyDocument(bytes: bytes), bytes: bytes, read: readFile)
    } catch {
      for problem in error.problems { reader.problem(.policyFile, "\(problem)") }
      return .builtIn
    }
  }

  /// Settings of before, and where in the policy file they are now.
  static let moved: [String: String] = [
    "PROXYHOOKS_MAX_TEXT_CHARACTERS": "messages.kinds.text.characters",
    "PROXYHOOKS_EDIT_SECONDS": "messages.edit",
    "PROXYHOOKS_DELETE_SECONDS": "messages.delete",
    "PROXYHOOKS_DELIVERY": "messages.delivery",
    "PROXYHOOKS_CONNECTION_SECONDS": "expiry.connection",
    "PROXYHOOKS_SUBSCRIPTION_SECONDS": "expiry.subscription",
    "PROXYHOOKS_MATCH_NAMESPACE": "namespaces.room",
    "PROXYHOOKS_USER_NAMESPACE": "namespaces.person",
    "PROXYHOOKS_LIMIT_CONNECT_PER_ADDRESS": "limits.connect_address",
    "PROXYHOOKS_LIMIT_CONNECT_PER_USER": "limits.connect_user",
    "PROXYHOOKS_LIMIT_SUBSCRIBE_PER_USER": "limits.subscribe_user",
    "PROXYHOOKS_LIMIT_PUBLISH_PER_USER": "limits.publish_user",
    "PROXYHOOKS_LIMIT_PUBLISH_PER_ROOM": "limits.publish_room",
    "PROXYHOOKS_LIMIT_RPC_PER_USER": "limits.rpc_user",
    "PROXYHOOKS_LIMIT_REPORT_PER_USER": "limits.report_user",
    "PROXYHOOKS_LIMIT_TYPING_PER_ROOM": "limits.typing_room",
  ]
}
