// A message's content as the columns of `proxyhooks.message`.
extension NewMessage.Content {
  var kind: String {
    switch self {
    case .text: "text"
    case .location: "location"
    }
  }

  var text: String? {
    if case .text(let text) = self { text } else { nil }
  }

  var latitude: Double? {
    if case .location(let latitude, _) = self { latitude } else { nil }
  }

  var longitude: Double? {
    if case .location(_, let longitude) = self { longitude } else { nil }
  }
}
