import ArgumentParser
import Audit
import Auth
import Glibc

struct AuditKey: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key",
    abstract: "Makes a key that signs the decision log's checkpoints.",
    discussion: """
      Writes an Ed25519 private key to a new file that only its owner can read, for PROXYHOOKS_DECISION_LOG_KEY, and prints \
      the public one, for `proxyhooks audit verify --key`. With --public prints the public one of a key that is there.
      """)

  @Flag(name: .customLong("public"), help: "Print the public key of the file, and make nothing.")
  var isPublic = false

  @Argument(help: "The file with the private key; it must not exist, but with --public.")
  var file: String

  func run() throws {
    do {
      let bytes: [UInt8]
      if isPublic {
        bytes = try FileBytes.read(file, atMost: KeySet.maximumBytes)
      } else {
        bytes = try CheckpointSigner.newKeyFile() + [UInt8(ascii: "\n")]
        try write(bytes)
      }
      print(String(decoding: try CheckpointSigner(keyFile: bytes).publicJWK, as: UTF8.self))
    } catch let fault as FileBytes.Fault {
      throw Failure("\(file): \(fault)")
    } catch let error as KeyError {
      throw Failure("\(file): no Ed25519 private key (\(error))")
    }
  }

  private func write(_ bytes: [UInt8]) throws {
    let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileBytes.Fault() }
    defer { close(descriptor) }
    // A key's few bytes go with one write, or the disk is full.
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
      unlink(file)
      throw Failure("\(file): can't be written")
    }
  }
}
