public import ArgumentParser
public import Auth

// Public because both the type and the protocol are, although nobody imports this module.
extension Algorithm: ExpressibleByArgument {
  /// The algorithm of this name.
  public init?(argument: String) { self.init(name: argument) }
}
