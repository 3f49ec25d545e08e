import Auth
import NIOSSL

// The keys of tokens.
extension Configuration {
  static func keys(_ reader: inout SettingsReader, readFile: (String) -> [UInt8]?) -> KeySettings? {
    let secret = secretKeys(&reader)
    let file = reader.text(.tokenKeys)
    let url = reader.text(.tokenKeysURL)
    let issuer = issuer(&reader, url: url, readFile: readFile)
    if url != nil {
      if file != nil { reader.problem(.tokenKeysURL, "is set besides PROXYHOOKS_TOKEN_JWKS_FILE; unset one of them") }
      if reader.text(.tokenSecret) != nil && reader.text(.tokenSecretID) == nil {
        reader.problem(.tokenSecretID, "is required where the issuer has keys too: each needs a `kid` of its own")
      }
      return issuer.map { KeySettings(secret: secret, source: .issuer($0)) }
    }
    if let file { return fileKeys(&reader, path: file, secret: secret, readFile: readFile) }
    if reader.text(.tokenSecret) == nil {
      reader.problem(
        .tokenSecret, "this, PROXYHOOKS_TOKEN_JWKS_URL or PROXYHOOKS_TOKEN_JWKS_FILE is required")
    }
    return secret.map { KeySettings(secret: $0, source: .none) }
  }

  private static func secretKeys(_ reader: inout SettingsReader) -> KeySet? {
    guard let secret = reader.text(.tokenSecret) else { return nil }
    do throws(KeyError) {
      return try KeySet(secret: Array(secret.utf8), algorithm: .hs256, keyID: reader.text(.tokenSecretID))
    } catch {
      reader.problem(.tokenSecret, "want at least 32 random bytes (\(error)); `openssl rand -hex 32` makes them")
      return nil
    }
  }

  private static func fileKeys(
    _ reader: inout SettingsReader, path: String, secret: KeySet?, readFile: (String) -> [UInt8]?
  ) -> KeySettings? {
    guard let bytes = readFile(path) else {
      reader.problem(.tokenKeys, "the file can't be read")
      return nil
    }
    let keys: KeySet
    do throws(KeyError) {
      keys = try KeySet(jwksFile: bytes, allowed: KeySettings.algorithms)
    } catch {
      reader.problem(.tokenKeys, "\(error)")
      return nil
    }
    do throws(KeyError) {
      let all = try secret.map { secret throws(KeyError) in try KeySet(merging: [secret, keys]) } ?? keys
      return KeySettings(secret: secret, source: .file(path: path, bytes: bytes, keys: all))
    } catch {
      reader.problem(.tokenSecretID, "\(error): with several keys each needs a `kid` of its own")
      return nil
    }
  }

  private static func issuer(
    _ reader: inout SettingsReader, url: String?, readFile: (String) -> [UInt8]?
  ) -> KeyIssuer? {
    let problems = reader.problems.count
    let timing = KeyTiming(
      interval: .seconds(reader.integer(.tokenKeysInterval, in: 10...86_400)),
      unknownInterval: .seconds(reader.integer(.tokenKeysUnknown, in: 1...3_600)),
      maximumAge: .seconds(reader.integer(.tokenKeysAge, in: 60...2_592_000)))
    let timesAreNumbers = reader.problems.count == problems
    let authorities = authorities(&reader, url: url, readFile: readFile)
    guard let url else { return nil }
    guard let address = KeyAddress(url) else {
      // Not repeated: a part of it may be a secret.
      reader.problem(.tokenKeysURL, "want https://host/path, without a user and without a fragment")
      return nil
    }
    if !address.isEncrypted {
      if !address.isLoopback {
        reader.problem(.tokenKeysURL, "want https: who can change what is fetched signs tokens; http is for loopback")
      } else if reader.text(.tokenKeysAuthority) != nil {
        reader.problem(.tokenKeysAuthority, "is set, and PROXYHOOKS_TOKEN_JWKS_URL is not https")
      }
    }
    if timesAreNumbers && timing.maximumAge < timing.interval * 2 {
      reader.problem(
        .tokenKeysAge, "want at least twice PROXYHOOKS_TOKEN_JWKS_SECONDS, so that one lost answer ends nothing")
    }
    return KeyIssuer(address: address, authorities: authorities, timing: timing)
  }

  private static func authorities(
    _ reader: inout SettingsReader, url: String?, readFile: (String) -> [UInt8]?
  ) -> [NIOSSLCertificate]? {
    guard let path = reader.text(.tokenKeysAuthority) else { return nil }
    if url == nil { reader.problem(.tokenKeysAuthority, "is set without PROXYHOOKS_TOKEN_JWKS_URL") }
    guard let bytes = readFile(path) else {
      reader.problem(.tokenKeysAuthority, "the file can't be read")
      return nil
    }
    if let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty { return certificates }
    reader.problem(.tokenKeysAuthority, "want a PEM file with at least one certificate")
    return nil
  }
}
