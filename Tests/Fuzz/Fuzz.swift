#if canImport(Glibc)
  import Glibc
#endif

/// What libFuzzer calls: one program for all targets, since they share all that is built.
///
/// The target is the name that the program is called by; `Scripts/fuzz.sh` makes a link for each.
enum Fuzz {
  /// A target: takes an input apart in every way it is good for, and calls ``hold(_:_:)`` with what must be true of it.
  typealias Target = @Sendable ([UInt8]) -> Void

  static let targets: [String: Target] = [
    "json": JSONTarget.run, "token": TokenTarget.run, "keys": KeysTarget.run, "body": BodyTarget.run,
    "grpc": GRPCTarget.run, "http": HTTPTarget.run, "channel": ChannelTarget.run, "settings": SettingsTarget.run,
  ]

  static let target: Target = {
    let name = CommandLine.arguments.first?.split(separator: "/").last.map(String.init) ?? ""
    guard let target = targets[name] else {
      say("This program has to be called by the name of a target: \(targets.keys.sorted().joined(separator: ", ")).")
      exit(2)
    }
    return target
  }()

  static func say(_ text: String) {
    // Straight to the descriptor: what is buffered is lost in a crash.
    let line = Array((text + "\n").utf8)
    _ = write(STDERR_FILENO, line, line.count)
  }
}

/// Ends the process, which libFuzzer takes for a find, where `claim` is not true of the input.
func hold(_ isTrue: @autoclosure () -> Bool, _ claim: @autoclosure () -> String) {
  guard !isTrue() else { return }
  Fuzz.say("NOT SO: \(claim())")
  abort()
}

/// One input. The bytes are copied, since libFuzzer's are its own after the call.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  Fuzz.target(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}
