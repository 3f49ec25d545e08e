import StrictJSON

/// Whether the service can take hooks, and what each thing it needs is doing.
public struct Readiness: Sendable {
  /// How a component is.
  public enum State: String, Sendable {
    /// As it should be.
    case up
    /// Not as it should be, and done without.
    case degraded
    /// Not there, and not done without.
    case down
  }

  /// A component's name, of the service's own choosing, and state.
  public struct Component: Sendable {
    /// What it is called in ``Readiness``'s JSON; no two are the same.
    public var name: String
    /// How it is.
    public var state: State

    /// `name` in `state`.
    public init(name: String, state: State) {
      self.name = name
      self.state = state
    }
  }

  /// What the service needs.
  public var components: [Component]
  /// Whether it is shutting down.
  public var isDraining: Bool

  /// The state of `components` in a service that is shutting down or not.
  public init(components: [Component], isDraining: Bool) {
    self.components = components
    self.isDraining = isDraining
  }

  /// Whether hooks should be sent here: not while shutting down, and not while a component is down.
  public var isReady: Bool { !isDraining && components.allSatisfy { $0.state != .down } }

  /// `{"ready":…,"draining":…,"components":{"database":"up",…}}`.
  var json: [UInt8] {
    var writer = JSONWriter(capacity: 128)
    writer.beginObject()
    writer.key("ready")
    writer.bool(isReady)
    writer.key("draining")
    writer.bool(isDraining)
    writer.key("components")
    writer.beginObject()
    for component in components {
      writer.key(component.name)
      writer.string(component.state.rawValue)
    }
    writer.endObject()
    writer.endObject()
    return writer.bytes
  }
}
