/// Brings a file's keys into the shape that Centrifugo 6.9.1 sees: in small letters everywhere, and, outside of lists, parted
/// at dots. `{"Client.Insecure": true}` is `client.insecure`.
///
/// Seen with its `checkconfig`; the library behind it is viper. Where two spellings of one key meet, Centrifugo takes
/// either, as its maps have no order: that place is a collision.
struct KeyFolding {
  /// The paths of keys that are there in two spellings, with the place of one.
  private(set) var collisions: [(path: String, origin: SetupValue.Origin)] = []

  /// `file`, folded.
  mutating func fold(_ file: SetupValue) -> SetupValue {
    let folded = fold(file, at: "", inList: false)
    // Where whole objects meet, the keys in them are no collisions of their own.
    let paths = collisions.map(\.path)
    collisions.removeAll { collision in paths.contains { collision.path.hasPrefix($0 + ".") } }
    var reported: Set<String> = []
    collisions.removeAll { !reported.insert($0.path).inserted }
    return folded
  }

  private mutating func fold(_ value: SetupValue, at path: String, inList: Bool) -> SetupValue {
    switch value.content {
    case .object(let members):
      var folded: [SetupValue.Member] = []
      var spelled: Set<String> = []
      for member in members {
        let key = member.key.lowercased()
        if !spelled.insert(key).inserted { collisions.append((Self.join(path, key), member.value.origin)) }
        var parts = [key]
        if !inList, key.contains(".") {
          let split = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
          if split.count <= 8 { parts = split }
        }
        let inner = fold(member.value, at: Self.join(path, parts.joined(separator: ".")), inList: inList)
        insert(inner, under: parts[...], into: &folded, at: path)
      }
      return SetupValue(.object(folded), value.origin)
    case .array(let elements):
      return SetupValue(
        .array(elements.enumerated().map { fold($1, at: "\(path)[\($0)]", inList: true) }), value.origin)
    default: return value
    }
  }

  private mutating func insert(
    _ value: SetupValue, under parts: ArraySlice<String>, into members: inout [SetupValue.Member], at path: String
  ) {
    guard let key = parts.first else { return }
    var value = value
    if parts.count > 1 {
      var inner: [SetupValue.Member] = []
      insert(value, under: parts.dropFirst(), into: &inner, at: Self.join(path, key))
      value = SetupValue(.object(inner), value.origin)
    }
    guard let index = members.firstIndex(where: { $0.key == key }) else {
      members.append(SetupValue.Member(key: key, value: value))
      return
    }
    guard let more = value.members, var there = members[index].value.members else {
      collisions.append((Self.join(path, key), value.origin))
      members[index].value = value
      return
    }
    for member in more { insert(member.value, under: [member.key], into: &there, at: Self.join(path, key)) }
    members[index].value.content = .object(there)
  }

  static func join(_ path: String, _ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}
