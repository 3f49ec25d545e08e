public import Auth
import NIOSSL

/// Where the keys of tokens come from: a shared secret, public keys, or both.
public struct KeySettings: Sendable {
  /// Where public keys come from.
  enum Source: Sendable {
    /// Nowhere: there is the secret alone.
    case none
    /// A file, looked at again and again; with what it held at the start, and the keys that made with the secret's.
    case file(path: String, bytes: [UInt8], keys: KeySet, interval: Duration = .seconds(5))
    /// Its issuer's server.
    case issuer(KeyIssuer)
  }

  /// The key made of the HMAC secret, where there is one. Beside public keys it has a `kid`.
  let secret: KeySet?
  /// Where public keys come from.
  let source: Source

  /// What the configuration lets public keys be used for: never an HMAC, whose key would be public.
  static let algorithms = Set(Algorithm.allCases).subtracting([.hs256, .hs384, .hs512])

  /// Whether there is anybody to be asked for newer keys.
  var isAsked: Bool { if case .none = source { false } else { true } }

  /// What is known of the keys without asking anybody: beside an issuer's the secret's, which is found by its `kid` alone.
  public var atHand: KeySet? { known ?? secret?.choosingByID }

  /// All keys, where they are known without asking anybody.
  var known: KeySet? {
    switch source {
    case .none: secret
    case .file(_, _, let keys, _): keys
    case .issuer: nil
    }
  }
}

/// An issuer that publishes its keys, and how it is asked for them.
struct KeyIssuer: Sendable {
  /// Where the JWK Set is.
  var address: KeyAddress
  /// Who must have signed the server's certificate; nil: whom the system trusts.
  var authorities: [NIOSSLCertificate]?
  /// When it is asked.
  var timing: KeyTiming
  /// What an answer may cost.
  var limits = KeyFetchLimits()
}

/// When an issuer is asked, and for how long its answer is believed.
struct KeyTiming: Sendable {
  /// From one answer to the next question.
  var interval: Duration
  /// From one question that an unknown `kid` caused to the next such.
  var unknownInterval: Duration
  /// How long a set is good while no newer one can be had.
  var maximumAge: Duration
  /// From the first question without an answer to the next; doubled from there.
  var firstRetry = Duration.seconds(1)
  /// The most between a question without an answer and the next.
  var longestRetry = Duration.seconds(60)
}

/// What one fetch of a key set may cost.
struct KeyFetchLimits: Sendable {
  /// All of it, from the name's look-up to the last byte.
  var time = Duration.seconds(5)
  /// Making the connection, TLS' handshake apart.
  var connectTime = Duration.seconds(2)
  /// The longest document, in bytes.
  var bytes = KeySet.maximumBytes
  /// How many redirections are followed.
  var redirections = 3
}
