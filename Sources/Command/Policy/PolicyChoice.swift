import ArgumentParser
import Foundation
import ProxyHooks

/// A policy that was read.
struct ReadPolicy {
  /// The file; nil for the policy that is built in.
  let path: String?
  let document: PolicyDocument

  /// What it is called before a message about it.
  var name: String { path ?? "the built-in policy" }
}

/// Where a policy comes from, and the reading of it.
enum PolicyFiles {
  /// The longest file, in bytes; a policy refuses far shorter ones.
  static let maximumBytes = 1_048_576

  /// A file's bytes.
  ///
  /// - Throws: the status of what can't be read, which is said.
  static func bytes(_ path: String) throws -> [UInt8] {
    do throws(FileBytes.Fault) {
      return try FileBytes.read(path, atMost: maximumBytes)
    } catch {
      throw PolicyStatus.unreadable("\(path): can't be read: \(error)")
    }
  }

  /// A policy that must be right; the mistakes of one that is not are said.
  static func policy(at path: String) throws -> ReadPolicy {
    let bytes = try bytes(path)
    do throws(PolicyFileError) {
      return ReadPolicy(path: path, document: try PolicyDocument(bytes: bytes))
    } catch {
      for problem in error.problems { StandardStreams.complain("\(path): \(problem)") }
      throw PolicyStatus.unreadable
    }
  }

  /// The policy at `path`, else the one that the settings name, else the one that is built in; says which.
  static func chosen(_ path: String?, _ options: ConfigurationOptions) throws -> ReadPolicy {
    guard let path = try path ?? options.reviewing().policyFile else {
      StandardStreams.complain("policy: built in, version \(PolicyDocument.standard.version)")
      return ReadPolicy(path: nil, document: .standard)
    }
    let policy = try policy(at: path)
    StandardStreams.complain("policy: \(path), version \(policy.document.version)")
    return policy
  }
}

extension ConfigurationOptions {
  /// What looking at a policy needs, or the status of what can't be read, which is said.
  func reviewing() throws -> ReviewSettings {
    do {
      return try review()
    } catch let failure as Failure {
      throw PolicyStatus.unreadable(failure.description)
    }
  }
}
