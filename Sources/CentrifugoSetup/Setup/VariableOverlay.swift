/// Lays Centrifugo's environment over its file, as Centrifugo 6.9.1 does.
///
/// A key's variable is its path in capitals: `client.insecure` is `CENTRIFUGO_CLIENT_INSECURE`. The elements of four lists
/// are reached by their names, dots and hyphens in them as underscores:
/// `CENTRIFUGO_CHANNEL_NAMESPACES_MATCH_PRESENCE`. Such a list as a whole is a JSON array, whose elements Centrifugo lays
/// over those of the file by their numbers, or names separated by spaces, which are added. An empty variable is none.
struct VariableOverlay {
  private static let namedLists = [
    ("channel.namespaces", "channel_namespace"), ("rpc.namespaces", "rpc_namespace"), ("proxies", "named_proxy"),
    ("consumers", "consumer"),
  ]

  private let variables: [String: String]
  private var known: Set<String> = []

  init(variables: [String: String]) { self.variables = variables }

  /// Variables that look like Centrifugo's and are not, in order. Those that Kubernetes sets for a service of this name, and
  /// those for secrets in headers, are left out as Centrifugo leaves them out.
  var unknown: [String] {
    variables.keys.filter { name in
      name.hasPrefix("CENTRIFUGO_") && !name.hasPrefix("CENTRIFUGO_VAR_") && !known.contains(name)
        && !Self.isOfKubernetes(name)
    }.sorted()
  }

  /// `CENTRIFUGO`, anything, and `_PORT` or `_SERVICE_`.
  private static func isOfKubernetes(_ name: String) -> Bool {
    let rest = name.dropFirst("CENTRIFUGO".count)
    guard rest.utf8.allSatisfy({ (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }) else {
      return false
    }
    return rest.contains("_PORT") || rest.contains("_SERVICE_")
  }

  /// `file` with the variables in their places.
  mutating func laid(over file: SetupValue) -> SetupValue {
    guard variables.keys.contains(where: { $0.hasPrefix("CENTRIFUGO_") }) else { return file }
    var root = file
    lay(over: &root, object: "root", prefix: "CENTRIFUGO")
    for (path, object) in Self.namedLists {
      let prefix = "CENTRIFUGO_" + path.uppercased().replacing(".", with: "_")
      Self.change(&root, at: path.split(separator: ".").map(String.init)[...]) { list in
        guard case .array(var elements) = list.content else { return }
        for index in elements.indices {
          let name = Spot(root: elements[index])["name"].text
          guard elements[index].members != nil, !name.isEmpty else { continue }
          let part = name.uppercased().replacing(".", with: "_").replacing("-", with: "_")
          lay(over: &elements[index], object: object, prefix: "\(prefix)_\(part)")
        }
        list.content = .array(elements)
      }
    }
    return root
  }

  private mutating func lay(over object: inout SetupValue, object name: String, prefix: String) {
    for (key, kind) in KnownKeys.standard.keys(of: name).sorted(by: { $0.key < $1.key }) {
      let variable = "\(prefix)_\(key.uppercased())"
      if case .object(let inner) = kind {
        var value = object[key] ?? SetupValue(.object([]), object.origin)
        if value.isNull { value.content = .object([]) }
        // Where the file has no object, Centrifugo does not start whatever the environment says.
        guard value.members != nil else { continue }
        let before = value
        lay(over: &value, object: inner, prefix: variable)
        if value != before { Self.set(&object, key, value) }
        continue
      }
      known.insert(variable)
      guard let text = variables[variable], !text.isEmpty else { continue }
      Self.set(&object, key, Self.value(of: text, variable, kind, over: object[key]))
    }
  }

  /// What Centrifugo makes of a variable; the text itself where it can make nothing of it.
  private static func value(
    of text: String, _ variable: String, _ kind: KnownKeys.Kind, over file: SetupValue?
  ) -> SetupValue {
    let origin = SetupValue.Origin.variable(variable)
    switch kind {
    case .string, .duration, .object: return SetupValue(.string(text), origin)
    case .bool: return SetupValue(Spot.bool(text).map { .bool($0) } ?? .string(text), origin)
    case .int: return SetupValue(Spot.integer(text).map { .number(Double($0)) } ?? .string(text), origin)
    case .strings:
      return SetupValue(.array(text.split(separator: " ").map { SetupValue(.string(String($0)), origin) }), origin)
    case .headers: return json(text, origin) ?? SetupValue(.string(text), origin)
    case .list:
      if text.hasPrefix("["), text.hasSuffix("]") {
        return json(text, origin).map { merged($0, over: file) } ?? SetupValue(.string(text), origin)
      }
      let named = text.split(separator: " ").map { name in
        SetupValue(.object([.init(key: "name", value: SetupValue(.string(String(name)), origin))]), origin)
      }
      return SetupValue(.array((file?.elements ?? []) + named), origin)
    }
  }

  private static func json(_ text: String, _ origin: SetupValue.Origin) -> SetupValue? {
    guard let value = try? JSONForm.read(Array(text.utf8)) else { return nil }
    var folding = KeyFolding()
    return placed(folding.fold(SetupValue(.array([value]))).elements?.first ?? value, origin)
  }

  private static func placed(_ value: SetupValue, _ origin: SetupValue.Origin) -> SetupValue {
    switch value.content {
    case .object(let members):
      SetupValue(.object(members.map { .init(key: $0.key, value: placed($0.value, origin)) }), origin)
    case .array(let elements): SetupValue(.array(elements.map { placed($0, origin) }), origin)
    default: SetupValue(value.content, origin)
    }
  }

  /// A list of the environment over the file's: each element over the one of its number, as Go's JSON reader leaves in a
  /// reused element what the text does not name.
  private static func merged(_ list: SetupValue, over file: SetupValue?) -> SetupValue {
    guard let elements = list.elements, let old = file?.elements else { return list }
    return SetupValue(
      .array(elements.enumerated().map { $0 < old.count ? over(old[$0], $1) : $1 }), list.origin)
  }

  private static func over(_ old: SetupValue, _ new: SetupValue) -> SetupValue {
    guard var members = old.members, let more = new.members else { return new }
    for member in more {
      if let index = members.firstIndex(where: { $0.key == member.key }) {
        members[index].value = over(members[index].value, member.value)
      } else {
        members.append(member)
      }
    }
    return SetupValue(.object(members), new.origin)
  }

  private static func set(_ object: inout SetupValue, _ key: String, _ value: SetupValue) {
    guard case .object(var members) = object.content else { return }
    if let index = members.firstIndex(where: { $0.key == key }) {
      members[index].value = value
    } else {
      members.append(SetupValue.Member(key: key, value: value))
    }
    object.content = .object(members)
  }

  private static func change(_ value: inout SetupValue, at path: ArraySlice<String>, _ body: (inout SetupValue) -> Void)
  {
    guard let key = path.first else { return body(&value) }
    guard case .object(var members) = value.content, let index = members.firstIndex(where: { $0.key == key }) else {
      return
    }
    change(&members[index].value, at: path.dropFirst(), body)
    value.content = .object(members)
  }
}
