/// A Centrifugo configuration as Centrifugo 6.9.1 would see it: a file, with the variables of its environment over it.
public struct Setup: Sendable {
  /// The whole: keys in small letters, dotted ones parted, variables in their places.
  let root: Spot
  /// All keys that are there and known, outer ones first.
  let keys: [KnownKey]
  /// All keys that are there and not known.
  let unknownKeys: [UnknownKey]
  /// The variables, where an environment was given.
  let environment: [String: String]?
  /// Keys that are there in two spellings.
  let collisions: [(path: String, origin: SetupValue.Origin)]
  /// `CENTRIFUGO_` variables that Centrifugo does not know.
  let unknownVariables: [String]

  /// - Parameters:
  ///   - file: what ``SetupForm/read(_:)`` gave.
  ///   - environment: Centrifugo's environment; nil where it is not known.
  public init(file: SetupValue, environment: EnvironmentFile? = nil) {
    var folding = KeyFolding()
    let folded = folding.fold(file)
    var overlay = VariableOverlay(variables: environment?.variables ?? [:])
    root = Spot(root: overlay.laid(over: folded))
    var walk = KeyWalk()
    walk.visit(root, "root")
    keys = walk.known
    unknownKeys = walk.unknown
    self.environment = environment?.variables
    collisions = folding.collisions
    unknownVariables = overlay.unknown
  }

  /// The place at a path of keys.
  subscript(path: String) -> Spot { path.split(separator: ".").reduce(root) { $0[String($1)] } }
}
