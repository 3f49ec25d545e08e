public import Auth

/// Seats that can be said in one breath: every one of some roles, in some states of the match, muted or not.
public struct SeatGroup: Hashable, Sendable {
  /// The roles, in the policy's order.
  public let roles: [MemberRole]
  /// The states of the match, in their own order.
  public let matches: [MatchState]
  /// Whether the unmuted, the muted or both.
  public let speech: [PolicyRule.Speech]

  /// Every seat in it.
  public var seats: [Seat] {
    roles.flatMap { role in
      matches.flatMap { match in speech.map { Seat(role: role, match: match, isMuted: $0 == .muted) } }
    }
  }

  /// `driver and rider of an open or closed match, unmuted`.
  public var words: String { "\(roleWords) of \(matchWords), \(speechWords)" }

  /// `driver and rider`.
  var roleWords: String { roles.map(\.name).listed("and") }

  /// `an open or closed match`.
  var matchWords: String {
    guard matches.count < MatchState.allCases.count else { return "any match" }
    return "\(matches.first == .open ? "an" : "a") \(matches.map(\.rawValue).listed("or")) match"
  }

  /// `unmuted`, `muted` or `muted or not`.
  var speechWords: String { speech.count == 1 ? speech.map(\.rawValue).joined() : "muted or not" }

  /// As few groups as hold exactly `seats`; roles alike come together, then states alike.
  public static func groups(of seats: Set<Seat>, roles: [MemberRole]) -> [SeatGroup] {
    var shapes: [(roles: [MemberRole], shape: [MatchState: [PolicyRule.Speech]])] = []
    for role in roles {
      var shape: [MatchState: [PolicyRule.Speech]] = [:]
      for seat in Seat.all(of: [role]) where seats.contains(seat) {
        shape[seat.match, default: []].append(seat.isMuted ? .muted : .unmuted)
      }
      if shape.isEmpty { continue }
      if let index = shapes.firstIndex(where: { $0.shape == shape }) {
        shapes[index].roles.append(role)
      } else {
        shapes.append(([role], shape))
      }
    }
    return shapes.flatMap { roles, shape in
      var groups: [(matches: [MatchState], speech: [PolicyRule.Speech])] = []
      for match in MatchState.allCases {
        guard let speech = shape[match] else { continue }
        if let index = groups.firstIndex(where: { $0.speech == speech }) {
          groups[index].matches.append(match)
        } else {
          groups.append(([match], speech))
        }
      }
      return groups.map { SeatGroup(roles: roles, matches: $0.matches, speech: $0.speech) }
    }
  }
}

extension Collection<String> {
  /// `a`, `a and b`, `a, b and c`.
  func listed(_ word: String) -> String {
    count < 2 ? joined() : dropLast().joined(separator: ", ") + " \(word) " + (suffix(1).first ?? "")
  }
}

extension PolicyRule {
  /// What it says, in one sentence: `allows publish to driver and rider of an open match, unmuted`.
  public func words(roles order: [MemberRole]) -> String {
    let what = Operation.allCases.filter { operations.contains($0) }
    var text = "\(effect == .allow ? "allows" : "denies") \(what.map(\.rawValue).listed("and"))"
    if what.contains(where: \.hasSeats) {
      let group = SeatGroup(
        roles: order.filter { roles.contains($0) }, matches: MatchState.allCases.filter { matches.contains($0) },
        speech: Speech.allCases.filter { speech.contains($0) })
      text += " to \(group.words)"
    } else {
      text += " to everybody in good standing"
    }
    return mode == .shadow ? text + " (in shadow: decides nothing)" : text
  }
}
