extension Code {
  /// The code of a payload that could not be read: the field's own where the fault lies in the value of a field that
  /// publish or rpc knows (a NUL, a broken character, a key given twice), else ``badRequest``.
  init(unreadable field: String?, in kind: HookKind) {
    guard kind == .publish || kind == .rpc, let field, let code = Self.byField[field] else {
      self = .badRequest
      return
    }
    self = code
  }

  private static let byField: [String: Code] = [
    "id": .badID, "kind": .badKind, "text": .badText, "lat": .badLatitude, "lon": .badLongitude, "match": .badMatch,
    "before": .badBefore, "after": .badAfter, "limit": .badLimit, "seq": .badSeq, "reason": .badReason,
  ]
}
