import Glibc

/// A connected stream socket whose every call is bounded by a deadline. Closes its descriptor in the end.
final class RedisSocket {
  let descriptor: Int32

  /// Connects by `deadline`, trying a host's addresses in turn.
  ///
  /// Looking a host name up can take the resolver's own time, which nothing bounds; the lane it happens on has no
  /// connection then and refuses its work at once.
  init(_ endpoint: RedisAddress.Endpoint, by deadline: Deadline) throws(StorageError) {
    switch endpoint {
    case .unix(let path): descriptor = try Self.connectUnix(path, by: deadline)
    case .tcp(let host, let port): descriptor = try Self.connectTCP(host, port, by: deadline)
    }
  }

  deinit { close(descriptor) }

  /// Sends all of `bytes`.
  func send(_ bytes: [UInt8], by deadline: Deadline) throws(StorageError) {
    var sent = 0
    while sent < bytes.count {
      // MSG_NOSIGNAL: a closed peer is an error here, not a signal that ends the process.
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.send(descriptor, buffer.baseAddress.map { $0 + sent }, buffer.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count > 0 {
        sent += count
      } else if count < 0 && errno == EAGAIN {
        guard Readiness.wait(for: descriptor, .writable, by: deadline) else { throw StorageError(.timedOut) }
      } else if !(count < 0 && errno == EINTR) {
        throw StorageError(.connectionLost)
      }
    }
  }

  /// Receives what there is, waiting for the first byte; the count of bytes written to `buffer`, at least 1.
  func receive(into buffer: UnsafeMutableRawBufferPointer, by deadline: Deadline) throws(StorageError) -> Int {
    while true {
      let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
      if count > 0 { return count }
      if count < 0 && errno == EAGAIN {
        guard Readiness.wait(for: descriptor, .readable, by: deadline) else { throw StorageError(.timedOut) }
      } else if !(count < 0 && errno == EINTR) {
        throw StorageError(.connectionLost)
      }
    }
  }

  // MARK: - Connecting

  private static func connectUnix(_ path: String, by deadline: Deadline) throws(StorageError) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let capacity = MemoryLayout.size(ofValue: address.sun_path)
    guard path.utf8.count < capacity else { throw StorageError(.unavailable) }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    return try withUnsafeBytes(of: address) { bytes throws(StorageError) in
      try connect(AF_UNIX, bytes, by: deadline)
    }
  }

  private static func connectTCP(_ host: String, _ port: String, by deadline: Deadline) throws(StorageError) -> Int32 {
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, port, &hints, &list) == 0 else { throw StorageError(.unavailable) }
    defer { freeaddrinfo(list) }
    var failure = StorageError(.unavailable)
    var next = list
    while let entry = next?.pointee {
      next = entry.ai_next
      // The list owns the address until freeaddrinfo, which runs after the last use.
      let address = UnsafeRawBufferPointer(start: entry.ai_addr, count: Int(entry.ai_addrlen))
      do throws(StorageError) {
        let descriptor = try connect(entry.ai_family, address, by: deadline)
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, socklen_t(MemoryLayout<Int32>.size))
        return descriptor
      } catch {
        failure = error
      }
    }
    throw failure
  }

  private static func connect(_ family: Int32, _ address: UnsafeRawBufferPointer, by deadline: Deadline)
    throws(StorageError) -> Int32
  {
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(family, type, 0)
    guard descriptor >= 0 else { throw StorageError(.unavailable) }
    let status = Glibc.connect(
      descriptor, address.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(address.count))
    if status == 0 { return descriptor }
    var problem: Int32 = errno
    if problem == EINPROGRESS {
      guard Readiness.wait(for: descriptor, .writable, by: deadline) else {
        close(descriptor)
        throw StorageError(.timedOut)
      }
      var size = socklen_t(MemoryLayout<Int32>.size)
      getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &problem, &size)
      if problem == 0 { return descriptor }
    }
    close(descriptor)
    throw StorageError(.unavailable)
  }
}
