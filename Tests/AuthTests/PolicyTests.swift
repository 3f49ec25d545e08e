import Testing

@testable import Auth

@Suite("Policy")
struct PolicyTests {
  /// Every combination of facts there is.
  static let everything: [MembershipFacts] = {
    var all: [MembershipFacts] = []
    for state in [nil] + MatchState.allCases {
      for role in [nil] + MemberRole.allCases {
        for flags in 0..<16 {
          all.append(
            MembershipFacts(
              matchState: state, role: role, hasLeft: flags & 1 != 0, isMuted: flags & 2 != 0,
              isRemoved: flags & 4 != 0, isBanned: flags & 8 != 0))
        }
      }
    }
    return all
  }()

  /// The standard policy said once more, in other words: who may, as one sentence an action.
  private static func may(_ action: Policy.Action, _ facts: MembershipFacts) -> Bool {
    let isPresent = facts.role != nil && !(facts.hasLeft || facts.isRemoved || facts.isBanned)
    switch action {
    case .subscribe: return isPresent && facts.matchState == .open
    case .publish: return isPresent && facts.matchState == .open && !facts.isMuted
    case .history, .read, .report: return isPresent && facts.matchState != nil
    case .edit: return isPresent && facts.matchState == .open && !facts.isMuted
    case .delete: return isPresent && (facts.matchState == .open || facts.matchState == .closed)
    }
  }

  @Test(
    "In every combination of facts the standard policy allows what the sentence says, and nothing else",
    arguments: Policy.Action.allCases)
  func standard(action: Policy.Action) {
    #expect(Self.everything.count == 192)
    for facts in Self.everything {
      let decision = Policy.standard.decide(action, on: facts)
      if case .allow = decision {
        #expect(Self.may(action, facts), "\(facts)")
      } else {
        #expect(!Self.may(action, facts), "\(facts)")
      }
    }
  }

  @Test("A policy without a guard for an action refuses it to everybody")
  func empty() {
    for action in Policy.Action.allCases {
      for facts in Self.everything {
        if case .allow = Policy(guards: [:]).decide(action, on: facts) { Issue.record("allowed: \(facts)") }
      }
    }
  }

  @Test("Only a present member learns that a match is over or that they are muted")
  func whatIsLearnt() {
    for action in Policy.Action.allCases {
      for facts in Self.everything {
        let decision = Policy.standard.decide(action, on: facts)
        if decision == .deny(.matchNotOpen) || decision == .deny(.muted) {
          #expect(facts.role != nil && !facts.hasLeft && !facts.isRemoved && !facts.isBanned)
        }
      }
    }
  }

  @Test("A connection goes on for those in good standing alone")
  func connection() {
    for isBanned in [true, false] {
      for isTokenRevoked in [true, false] {
        let facts = StandingFacts(isBanned: isBanned, isTokenRevoked: isTokenRevoked)
        let isAllowed = Policy.standard.decideConnection(on: facts) == .allow(.tokenHolderMay)
        #expect(isAllowed == (!isBanned && !isTokenRevoked))
      }
    }
  }

  @Test("Two guards together let pass whom both let pass")
  func both() {
    let guards: [Guard] = [
      Policy.standard.guard(for: .publish), Policy.standard.guard(for: .history), .nobody,
      Guard(states: [.open, .closed], roles: [.driver], allowsMuted: true),
    ]
    for left in guards {
      for right in guards {
        for facts in Self.everything {
          func passes(_ one: Guard) -> Bool {
            Policy(guards: [.publish: one]).decide(.publish, on: facts) == .allow(.memberMay)
          }
          #expect(passes(left.and(right)) == (passes(left) && passes(right)))
        }
      }
    }
  }
}
