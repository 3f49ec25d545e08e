import AsyncHTTPClient
public import NIOCore
import NIOHTTP1
import Storage
import StrictJSON

/// Centrifugo's server API over HTTP: one POST a call, to `<address>/<method>`, with the key in `X-API-Key`
/// (centrifugal.dev, "Server API walkthrough").
///
/// Connections are kept and used again. Every call has a deadline. A call is tried a second time only where that can't do
/// a second thing: what reads, what has an idempotency key, and what is the same when it is done twice.
public struct CentrifugoAPI: Sendable {
  /// The most of a reply that is read, in bytes: presence of some thousand connections.
  static let longestReply = 1_048_576
  private static let replies = JSONLimits(
    maximumBytes: longestReply, maximumDepth: 16, maximumMembers: 8_192, maximumNodes: 131_072)

  private let settings: CentrifugoAPISettings
  private let client: HTTPClient

  /// To be closed by ``close()``.
  public init(settings: CentrifugoAPISettings, group: any EventLoopGroup) {
    self.settings = settings
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .disallow, timeout: .init(connect: .milliseconds(500)), decompression: .disabled)
    configuration.httpVersion = .http1Only
    client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
  }

  /// Ends the connections.
  public func close() async { try? await client.shutdown() }

  /// Whether a call may be made again when it is not known what became of it.
  enum Repetition {
    case safe
    case never
  }

  /// Calls `method` with what `arguments` writes into an object, and returns the reply's `result`.
  func call(
    _ method: String, _ repetition: Repetition, by deadline: Deadline, _ arguments: (inout JSONWriter) -> Void
  ) async throws(CentrifugoAPIError) -> JSON {
    var writer = JSONWriter(capacity: 256)
    writer.beginObject()
    arguments(&writer)
    writer.endObject()
    do throws(CentrifugoAPIError) {
      return try await attempt(method, writer.bytes, by: deadline)
    } catch {
      guard error == .unreachable, repetition == .safe, !deadline.hasPassed else { throw error }
      return try await attempt(method, writer.bytes, by: deadline)
    }
  }

  private func attempt(_ method: String, _ body: [UInt8], by deadline: Deadline) async throws(CentrifugoAPIError)
    -> JSON
  {
    let reply: Result<[UInt8], CentrifugoAPIError>
    // The client's own deadline ends with the reply's head; this one covers the body too.
    reply = await withTaskGroup(of: Result<[UInt8], CentrifugoAPIError>.self) { group in
      group.addTask { await post(method, body, by: deadline) }
      group.addTask {
        try? await Task.sleep(for: .milliseconds(Int(deadline.millisecondsLeft)))
        return .failure(.unreachable)
      }
      defer { group.cancelAll() }
      return await group.next() ?? .failure(.unreachable)
    }
    return try Self.result(of: reply.get())
  }

  private func post(_ method: String, _ body: [UInt8], by deadline: Deadline) async -> Result<
    [UInt8], CentrifugoAPIError
  > {
    var request = HTTPClientRequest(url: "\(settings.address)/\(method)")
    request.method = .POST
    request.headers.add(name: "Content-Type", value: "application/json")
    request.headers.add(name: "X-API-Key", value: settings.key)
    request.body = .bytes(body)
    do {
      // Both are readings of the same clock.
      let response = try await client.execute(request, deadline: .uptimeNanoseconds(deadline.nanoseconds))
      guard response.status == .ok else { return .failure(.status(response.status.code)) }
      let bytes = Array(try await response.body.collect(upTo: Self.longestReply).readableBytesView)
      try Task.checkCancellation()  // a cancelled body may end as if it were whole
      return .success(bytes)
    } catch is NIOTooManyBytesError {
      return .failure(.notUnderstood)
    } catch {
      return .failure(.unreachable)
    }
  }

  /// `{"result": …}` or `{"error": {"code", "message"}}`.
  static func result(of bytes: [UInt8]) throws(CentrifugoAPIError) -> JSON {
    guard let reply = try? JSON.parse(bytes, limits: replies), reply.kind == .object else { throw .notUnderstood }
    if let error = reply["error"] {
      throw .refused(code: error["code"]?.integer ?? 0)
    }
    guard let result = reply["result"], result.kind == .object else { throw .notUnderstood }
    return result
  }
}

/// Where the server API is.
public struct CentrifugoAPISettings: Sendable {
  /// The address that method names are put after, such as `http://127.0.0.1:8000/api`.
  public var address: String
  /// `http_api.key` of Centrifugo's configuration.
  public var key: String

  /// The API at `address`, without a slash at its end.
  public init(address: String, key: String) {
    self.address = address
    self.key = key
  }
}

/// Why a call of the server API brought no result.
public enum CentrifugoAPIError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No connection, or no reply in time: whether it was carried out is not known.
  case unreachable
  /// An answer that is no 200: 401 is a wrong key.
  case status(UInt)
  /// Centrifugo's own refusal; 102 is an unknown channel, 108 a feature that is off for it.
  case refused(code: Int64)
  /// A reply that is not one of the API's.
  case notUnderstood

  /// A fixed text with the number, for the log.
  public var description: String {
    switch self {
    case .unreachable: "centrifugo_unreachable"
    case .status(let status): "centrifugo_status_\(status)"
    case .refused(let code): "centrifugo_error_\(code)"
    case .notUnderstood: "centrifugo_not_understood"
    }
  }
}
