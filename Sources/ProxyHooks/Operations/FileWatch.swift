import NIOPosix
import ServiceLifecycle
import UnixSignals

/// Has files looked at every other second, and read at SIGHUP.
struct FileWatch: Service {
  /// Each looks at its own; the argument says whether somebody asked for it. They may block.
  let looks: [@Sendable (Bool) -> Void]
  var interval: Duration = .seconds(2)

  /// Looks until the service group shuts down. While it runs, SIGHUP does not end the process.
  func run() async throws {
    let signals = await UnixSignalsSequence(trapping: .sighup)
    await cancelWhenGracefulShutdown {
      await withTaskGroup { group in
        group.addTask { for await _ in signals { await look(isAsked: true) } }
        group.addTask {
          while (try? await Task.sleep(for: interval)) != nil { await look(isAsked: false) }
        }
      }
    }
  }

  /// Reads files on threads that may block.
  private func look(isAsked: Bool) async {
    try? await NIOThreadPool.singleton.runIfActive { [looks] in for look in looks { look(isAsked) } }
  }
}
