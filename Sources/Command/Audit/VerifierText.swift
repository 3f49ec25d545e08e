import Audit

/// What `audit verify` prints.
enum VerifierText {
  static func lines(of verifier: LogVerifier, hasKeys: Bool, anchors: Int, isKept: Bool) -> [String] {
    var lines: [String] = []
    for chain in verifier.chains {
      lines += Self.lines(of: chain, hasKeys: hasKeys)
    }
    if verifier.otherLines > 0 { lines.append("\(count(verifier.otherLines, "line")) of no chain passed over") }
    if anchors > 0 {
      let before = verifier.anchorsBefore > 0 ? ", \(verifier.anchorsBefore) of before the first line here" : ""
      lines.append("\(count(anchors, "checkpoint")) in the service's log: \(verifier.anchorsFound) found\(before)")
    } else {
      lines.append("What was cut off behind the last line can't be seen: the service's own log would tell (--anchors).")
    }
    if !hasKeys {
      lines.append("No signature was looked at: whoever could write the log could hash it anew (--key).")
    }
    for finding in verifier.findings { lines.append(text(of: finding)) }
    if verifier.moreFindings > 0 { lines.append("and \(verifier.moreFindings) more") }
    let sum = verifier.findings.count + verifier.moreFindings
    lines.append(sum == 0 ? "intact" : "not intact: \(count(sum, "finding"))")
    return lines
  }

  private static func lines(of chain: ChainReport, hasKeys: Bool) -> [String] {
    var lines = [
      "chain \(chain.log): lines \(chain.first.seq) to \(chain.last.seq), \(chain.first.time) to \(chain.last.time), "
        + count(chain.decisions, "decision")
    ]
    if chain.first.seq > 0 { lines.append("  begins with line \(chain.first.seq): what was before is not here") }
    if chain.beginsUnproven {
      lines.append("  line \(chain.first.seq) is not proven: nothing here says which hash is before it")
    }
    if let end = chain.follows { lines.append("  follows line \(end.seq) of chain \(end.log)") }
    if hasKeys {
      if let proven = chain.provenUntil {
        let rest = chain.last.seq - min(proven.seq, chain.last.seq)
        let isWhole = chain.firstFault.map { $0 > proven.seq } ?? true
        lines.append(
          "  \(isWhole ? "proven" : "signed, and not whole,")\(chain.beginsUnproven ? " from line \(chain.first.seq + 1)" : "") to line \(proven.seq), \(proven.time), by \(count(chain.signedCheckpoints, "signed checkpoint"))"
            + (rest > 0 ? "; \(rest) after it not yet" : ""))
      } else {
        lines.append("  nothing is proven: no checkpoint is signed by a key that was given")
      }
    } else {
      lines.append("  \(count(chain.otherCheckpoints, "checkpoint"))")
    }
    if chain.lost > 0 {
      lines.append("  \(count(chain.lost, "decision")) lost: there was no room, as the log itself says")
    }
    if chain.unclosedEnds > 0 {
      lines.append(
        "  \(count(chain.unclosedEnds, "process", "processes")) did not close the log: what was not written then is not here"
      )
    }
    if !chain.isClosed { lines.append("  not closed: the service runs, or was killed, or the end was cut off") }
    return lines
  }

  private static func text(of finding: LogFinding) -> String {
    var text = finding.place.map { "\($0.file):\($0.line): " } ?? ""
    text += finding.kind.rawValue
    if let seqs = finding.seqs {
      text +=
        seqs.lowerBound == seqs.upperBound
        ? " line \(seqs.lowerBound)" : " lines \(seqs.lowerBound) to \(seqs.upperBound)"
    }
    if !finding.log.isEmpty { text += " of chain \(finding.log)" }
    return "\(text): \(finding.text)"
  }

  private static func count(_ number: some BinaryInteger, _ one: String, _ many: String? = nil) -> String {
    "\(number) \(number == 1 ? one : many ?? one + "s")"
  }
}
