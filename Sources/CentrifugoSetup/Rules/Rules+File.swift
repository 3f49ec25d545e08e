// The file itself: what Centrifugo reads otherwise than it is written.
extension Rule {
  static let file: [Rule] = [
    Rule("unknown-key", .high, "A key is none of Centrifugo's") { setup, _ in
      setup.unknownKeys.map { key in
        Remark(
          key.spot,
          why:
            "Centrifugo 6.9.1 has no such key here, and passes over it with a warning: what it was to do is not done. "
            + "checkconfig finds it with --strict alone.",
          mend: NearestKey.to(key.spot.name, among: key.known).map { "Was \($0) meant?" } ?? "Remove it.")
      }
    },
    Rule("unknown-variable", .medium, "A variable is none of Centrifugo's") { setup, _ in
      setup.unknownVariables.map { name in
        Remark(
          key: name, origin: .variable(name),
          why:
            "Centrifugo 6.9.1 has no key of this name, and passes over it with a warning: what it was to do is not done.",
          mend:
            "The key's path in capitals, with _ for dots; in channel.namespaces, rpc.namespaces, proxies and consumers "
            + "the element's name in capitals, as CENTRIFUGO_CONSUMERS_OUTBOX_POSTGRESQL_DSN.")
      }
    },
    Rule("key-twice", .high, "A key is there in two spellings") { setup, _ in
      setup.collisions.map { path, origin in
        Remark(
          key: path, origin: origin,
          why:
            "Capitals do not matter to Centrifugo, and a dotted key is the same as nested ones. Of two spellings either may "
            + "hold, and another one after the next start.",
          mend: "Keep one.")
      }
    },
    Rule("wrong-type", .high, "A value is of a type that Centrifugo can't read") { setup, _ in
      setup.keys.compactMap { key in
        if case .duration = key.kind { return nil }
        guard let problem = key.problem else { return nil }
        return Remark(
          key.spot, why: "\(problem) Centrifugo does not start, and what would stand in it was not looked at.",
          mend: "Write \(key.kind.noun).")
      }
    },
    Rule("loose-type", .info, "A value is converted") { setup, _ in
      setup.keys.compactMap { key in
        guard key.problem == nil, let looseness = key.looseness else { return nil }
        return Remark(key.spot, why: looseness, mend: "Write \(key.kind.noun).")
      }
    },
  ]
}
