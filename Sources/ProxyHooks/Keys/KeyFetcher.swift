import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL

/// Fetches a key set from its issuer with one GET.
///
/// Of a server that is slow, endless or not the issuer's any more it takes a bounded time and a bounded number of bytes.
/// Redirections are followed on the same server alone: the setting says whose keys are believed, and a server that can
/// say "ask there" would say it instead.
struct KeyFetcher: KeyLoading {
  private let address: KeyAddress
  private let limits: KeyFetchLimits
  private let client: HTTPClient

  /// To be closed. No proxy is taken from the environment: the client knows none that it is not told.
  init(_ issuer: KeyIssuer, group: any EventLoopGroup) {
    address = issuer.address
    limits = issuer.limits
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv12
    if let authorities = issuer.authorities { tls.trustRoots = .certificates(authorities) }
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: tls, redirectConfiguration: .disallow,
      timeout: .init(connect: .milliseconds(Int64(limits.connectTime.milliseconds))), decompression: .disabled)
    configuration.httpVersion = .http1Only
    // Each fetch looks at the certificate anew, and none meets a connection that the server has just closed.
    configuration.maximumUsesPerConnection = 1
    configuration.connectionPool.retryConnectionEstablishment = false
    client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
  }

  func load() async throws -> [UInt8] {
    // The client's own deadline ends with the reply's head; this one covers the body too.
    try await withThrowingTaskGroup(of: [UInt8].self) { group in
      group.addTask { try await document() }
      group.addTask {
        try await Task.sleep(for: limits.time)
        throw KeyLoadFailure(.timedOut)
      }
      defer { group.cancelAll() }
      guard let bytes = try await group.next() else { throw CancellationError() }
      return bytes
    }
  }

  func close() async { try? await client.shutdown() }

  private func document() async throws -> [UInt8] {
    do {
      var address = address
      for _ in 0...limits.redirections {
        let reply = try await get(address)
        guard (300...399).contains(reply.status.code) else { return try await body(of: reply) }
        guard reply.headers["location"].count == 1, let location = reply.headers.first(name: "location"),
          let next = address.redirected(to: location)
        else { throw KeyLoadFailure(.redirected) }
        address = next
      }
      throw KeyLoadFailure(.redirected)
    } catch let failure as KeyLoadFailure {
      throw failure
    } catch {
      throw KeyLoadFailure(of: error)
    }
  }

  private func get(_ address: KeyAddress) async throws -> HTTPClientResponse {
    var request = HTTPClientRequest(url: address.text)
    request.headers.add(name: "Accept", value: "application/jwk-set+json, application/json")
    request.headers.add(name: "User-Agent", value: "ProxyHooks")
    return try await client.execute(request, timeout: .milliseconds(Int64(limits.time.milliseconds)))
  }

  /// What stands in the reply, whatever type it says it has; what it is, is judged by those who parse it.
  private func body(of reply: HTTPClientResponse) async throws -> [UInt8] {
    guard reply.status == .ok else { throw KeyLoadFailure(.status, detail: "\(reply.status.code)") }
    // None was asked for.
    let encodings = reply.headers[canonicalForm: "content-encoding"]
    guard encodings.allSatisfy({ $0.lowercased() == "identity" }) else { throw KeyLoadFailure(.encoded) }
    if let length = reply.headers.first(name: "content-length").flatMap({ Int($0) }), length > limits.bytes {
      throw KeyLoadFailure(.tooLarge)
    }
    var bytes: [UInt8] = []
    for try await part in reply.body {
      guard part.readableBytes <= limits.bytes - bytes.count else { throw KeyLoadFailure(.tooLarge) }
      bytes += part.readableBytesView
    }
    // A cancelled body may end as if it were whole.
    try Task.checkCancellation()
    return bytes
  }
}

extension KeyLoadFailure {
  /// What an error of the client's or of the libraries below it means.
  fileprivate init(of error: any Error) {
    switch error {
    case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: self.init(.tls)
    case is NIOConnectionError, is IOError: self.init(.unreachable)
    case let error as HTTPClientError:
      let isLate: [HTTPClientError] = [.connectTimeout, .readTimeout, .deadlineExceeded, .tlsHandshakeTimeout]
      self.init(isLate.contains(error) ? .timedOut : .malformedReply)
    default: self.init(.malformedReply)
    }
  }
}
