public import Auth
public import Storage

/// A policy file as a whole: the rules of who may do what, and everything else that a reviewer wants to read in one place.
/// It never changes; another file is another document.
public final class PolicyDocument: Sendable {
  /// The first 16 hexadecimal digits of the SHA-256 of the file's bytes: in every decision, and what `sha256sum` says.
  public let version: String
  /// Who may do what.
  public let policy: Policy
  /// The channels' namespaces.
  public let namespaces: Channel.Namespaces
  /// What messages may be.
  public let messages: MessageRules
  /// How long messages may be edited and deleted.
  public let windows: ChangeWindows
  /// Who broadcasts what is published through the hook: `guaranteed` or `direct`.
  public let delivery: Delivery
  /// When connections and subscriptions are looked at again.
  public let expiry: Expiry
  /// How often.
  public let limits: LimitRules

  init(
    version: String, policy: Policy, namespaces: Channel.Namespaces, messages: MessageRules, windows: ChangeWindows,
    delivery: Delivery, expiry: Expiry, limits: LimitRules
  ) {
    self.version = version
    self.policy = policy
    self.namespaces = namespaces
    self.messages = messages
    self.windows = windows
    self.delivery = delivery
    self.expiry = expiry
    self.limits = limits
  }

  /// The text of `centrifugo/policy.yaml` as it was when this was built.
  public static let standardText = String(decoding: PackageResources.standard_yaml, as: UTF8.self)

  /// The policy that holds where no file is named. Should it not be readable, nothing is allowed; a test holds that it is.
  public static let standard: PolicyDocument =
    (try? PolicyDocument(text: standardText))
    ?? PolicyDocument(
      version: "none", policy: .nothing, namespaces: .standard, messages: MessageRules(), windows: ChangeWindows(),
      delivery: .guaranteed, expiry: Expiry(), limits: LimitRules())
}
