public import Auth
import NIOPosix

extension KeySettings {
  /// All keys as they are now; an issuer is asked for them once. For commands that look at one token.
  public func load() async throws(KeyLoadFailure) -> KeySet {
    if let known { return known }
    guard case .issuer(let issuer) = source else { throw KeyLoadFailure(.refused) }
    let fetcher = KeyFetcher(issuer, group: MultiThreadedEventLoopGroup.singleton)
    let result: Result<KeySet, KeyLoadFailure>
    do {
      result = .success(try KeyRing(self, rules: TokenRules()).keys(of: await fetcher.load()))
    } catch let error as KeyError {
      result = .failure(KeyLoadFailure(.refused, detail: error.description))
    } catch {
      result = .failure(error as? KeyLoadFailure ?? KeyLoadFailure(.malformedReply))
    }
    await fetcher.close()
    return try result.get()
  }
}
