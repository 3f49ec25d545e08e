import Auth
import Logging
import NIOCore
import ServiceLifecycle

/// Keeps a ring's keys as new as their source: asks again and again, one question at a time, and leaves the last good
/// set where it is when what comes is none.
final class KeyKeeper: Service {
  private let settings: KeySettings
  private let ring: KeyRing
  private let counts: KeyLoadCounts
  private let group: any EventLoopGroup
  private let log: Logger

  /// - Parameter group: runs the connections to an issuer; shut down after the keeper, by its owner.
  init(_ settings: KeySettings, ring: KeyRing, counts: KeyLoadCounts, group: any EventLoopGroup, log: Logger) {
    self.settings = settings
    self.ring = ring
    self.counts = counts
    self.group = group
    self.log = log
  }

  /// Keeps the keys until the service group shuts down or the task is cancelled.
  func run() async throws {
    let thread = KeyThread()
    switch settings.source {
    case .none: try? await gracefulShutdown()
    case .file(let path, let bytes, _, let interval):
      let file = KeyFile(path: path, thread: thread)
      let schedule = KeySchedule(interval: interval)
      await keep(file, setting: .tokenKeys, schedule: schedule, last: bytes, thread: thread)
    case .issuer(let issuer):
      let fetcher = KeyFetcher(issuer, group: group)
      let schedule = KeySchedule(issuer.timing)
      await keep(fetcher, setting: .tokenKeysURL, schedule: schedule, last: nil, thread: thread)
    }
    await thread.close()
  }

  private func keep(
    _ source: any KeyLoading, setting: Setting, schedule: KeySchedule, last: [UInt8]?, thread: KeyThread
  ) async {
    await cancelWhenGracefulShutdown { [self] in
      var last = last
      var schedule = schedule
      var report = KeyReport(setting: setting, log: log)
      // What stands in a file has just been read.
      if last != nil { await ring.pause(for: schedule.afterSuccess()) }
      while !Task.isCancelled {
        ring.fetchBegins()
        let result = await load(from: source, last: &last, thread: thread)
        let hasFailed = if case .failed = result { true } else { false }
        ring.fetchEnds(failed: hasFailed)
        guard !Task.isCancelled else { break }
        counts.count(result)
        report.say(result, of: ring)
        await ring.pause(for: hasFailed ? schedule.afterFailure() : schedule.afterSuccess())
      }
    }
    ring.close()
    await source.close()
  }

  private func load(from source: any KeyLoading, last: inout [UInt8]?, thread: KeyThread) async -> KeyLoad {
    let asked = ring.time
    do {
      let bytes = try await source.load()
      guard bytes != last else {
        ring.confirm(asked: asked)
        return .unchanged
      }
      let keys = try await thread.run { [ring] in try ring.keys(of: bytes) }
      ring.replace(by: keys, asked: asked)
      last = bytes
      return .replaced(keys)
    } catch let failure as KeyLoadFailure {
      return .failed(failure)
    } catch let error as KeyError {
      return .failed(KeyLoadFailure(.refused, detail: error.description))
    } catch {
      // A cancelled task, which nobody asks about any more.
      return .failed(KeyLoadFailure(.malformedReply))
    }
  }
}

/// What came of one question.
enum KeyLoad: Sendable {
  /// Another set than before, and what it has.
  case replaced(KeySet)
  /// The set there was, to the byte.
  case unchanged
  /// None.
  case failed(KeyLoadFailure)
}
