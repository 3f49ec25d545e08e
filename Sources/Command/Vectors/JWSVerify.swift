import ArgumentParser
import Auth

struct JWSCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jws", abstract: "Runs the token verifier's lower half on vectors.", subcommands: [JWSVerify.self])
}

struct JWSVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Reads compact JWS, one a line, and prints `valid` or `invalid <reason>` for each, in order.",
    discussion: """
      Header, key and signature are checked as the service checks a token's; the payload is not looked at. Each line is \
      answered before the next is read. A line feed alone ends a line: an empty line is a JWS that is invalid, and a \
      carriage return is part of its line and makes it so.

      A JWS without `kid` is verified where the file has one key. One with a `kid` wants the key of that id. A key without \
      `alg` verifies what its type can: all RS and PS algorithms for RSA. A secret comes as a JWK of `kty` oct.

      Exits with 0 where all were valid, 1 where one was not, 2 where the key can't be used or a file not be read.
      """)

  @Option(help: ArgumentHelp("A JWK, a JWK Set or a PEM block `PUBLIC KEY`, told apart by content.", valueName: "file"))
  var key: String

  @Option(help: ArgumentHelp("The id of a PEM's key; a JWK has its own.", valueName: "kid"))
  var keyID: String?

  @Option(
    name: .customLong("algorithm"),
    help: ArgumentHelp("Verifies by this algorithm; may be given several times. Default: all.", valueName: "name"))
  var algorithms: [Algorithm] = Algorithm.allCases

  @Option(help: "The longest JWS, in bytes, up to 16777216. The service takes 8192.")
  var maxBytes = JWS.defaultMaximumBytes

  @Argument(help: "What to read; - is standard input.")
  var files = ["-"]

  func validate() throws {
    guard (1...16_777_216).contains(maxBytes) else { throw ValidationError("--max-bytes: want 1 to 16777216") }
  }

  func run() throws {
    let keys = try keySet()
    var end = ExitCode.success
    for path in files {
      do {
        let file = try FileBytes.open(path)
        var lines = LineReader(file: file, maximumBytes: maxBytes)
        while let line = try lines.next() {
          let refusal = refusal(of: line, keys)
          try StandardStreams.print(refusal.map { "invalid \($0)" } ?? "valid")
          if refusal != nil && end == .success { end = VectorStatus.refused }
        }
      } catch let fault as FileBytes.Fault {
        StandardStreams.complain("\(path): \(fault)")
        end = VectorStatus.unreadable
      }
    }
    throw end
  }

  private func refusal(of line: LineReader.Line, _ keys: KeySet) -> String? {
    guard case .whole(let jws) = line else { return TokenRefusal.Reason.tooLarge.rawValue }
    do throws(TokenRefusal) {
      _ = try JWS.verify(jws, keys: keys, maximumBytes: maxBytes)
      return nil
    } catch {
      return error.description
    }
  }

  private func keySet() throws -> KeySet {
    do {
      let bytes = try FileBytes.read(key, atMost: KeySet.maximumBytes)
      let keys = try KeySet(keyFile: bytes, allowed: Set(algorithms), keyID: keyID)
      for key in keys.skipped { StandardStreams.complain("--key: not used: \(key)") }
      return keys
    } catch {
      StandardStreams.complain("--key: \(error)")
      throw VectorStatus.unreadable
    }
  }
}
