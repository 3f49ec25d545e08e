import NIOHPACK

extension HPACKHeaders: HookHeaders {
  func only(_ name: String) -> HeaderField {
    var found: String?
    for header in self where header.name.isSameASCII(as: name) {
      guard found == nil else { return .several }
      found = header.value
    }
    return found.map(HeaderField.one) ?? .absent
  }
}
