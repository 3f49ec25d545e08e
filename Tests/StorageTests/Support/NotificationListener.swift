import CLibPQ
import Testing

/// A connection that hears a channel's notifications, over libpq itself.
final class NotificationListener {
  /// Used by the one test that made it, never at two places at once.
  private let connection: OpaquePointer

  init(_ channel: String, on url: String) throws {
    connection = try #require(PQconnectdb(url))
    let result = PQexec(connection, "listen \(channel)")
    try #require(PQresultStatus(result) == PGRES_COMMAND_OK)
    PQclear(result)
  }

  deinit { PQfinish(connection) }

  /// What has been heard since the last call.
  func heard() -> [String] {
    // A statement makes libpq read what the server has sent.
    PQclear(PQexec(connection, "select 1"))
    var payloads: [String] = []
    while let notification = PQnotifies(connection) {
      payloads.append(String(cString: notification.pointee.extra))
      PQfreemem(notification)
    }
    return payloads
  }
}
