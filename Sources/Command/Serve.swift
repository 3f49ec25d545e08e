import ArgumentParser
import Audit
import Logging
import ProxyHooks

struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serves Centrifugo's hooks until SIGTERM or SIGINT, then drains.",
    discussion: """
      Writes JSON lines: what happens to the service itself to standard error, and one for each hook to where \
      PROXYHOOKS_DECISION_LOG says.
      """)

  @OptionGroup var options: ConfigurationOptions

  @Flag(help: "Serve without a caller's secret; only on a loopback address.")
  var insecure = false

  func run() async throws {
    let configuration = try options.read(insecure: insecure)
    OpenFiles.raiseLimit()
    ProcessMemory.keepPrivate()
    let output = LogOutput.standardError
    let level = configuration.logLevel
    LoggingSystem.bootstrap { JSONLogHandler(label: $0, output: output, level: level) }
    let service = ProxyHooksService(
      configuration: configuration, version: Build.version, log: Logger(label: "proxyhooks"))
    defer { output.flush() }
    do {
      try await service.run(output: output)
    } catch let failure as LogFailure {
      output.flush()
      throw Failure("PROXYHOOKS_DECISION_LOG: \(failure)")
    } catch {
      output.flush()
      throw Failure(
        """
        Can't listen on PROXYHOOKS_LISTEN (\(configuration.listen)), PROXYHOOKS_GRPC_LISTEN \
        (\(configuration.grpcListen.map { "\($0)" } ?? "off")) or PROXYHOOKS_OPERATIONS_LISTEN \
        (\(configuration.operationsListen)): \(error). Is another service there? Is the address this machine's?
        """)
    }
  }
}
