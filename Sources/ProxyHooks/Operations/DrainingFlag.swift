import ServiceLifecycle
import Synchronization

/// Says that the service is shutting down. As the last service started it is the first that learns of it.
final class DrainingFlag: Service {
  private let flag = Atomic<Bool>(false)

  var isSet: Bool { flag.load(ordering: .relaxed) }

  func run() async throws {
    try? await gracefulShutdown()
    flag.store(true, ordering: .relaxed)
  }
}
