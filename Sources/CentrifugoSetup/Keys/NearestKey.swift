/// Finds the key that was meant by a misspelt one.
enum NearestKey {
  /// The candidate with the fewest letters to change, if these are few enough for a slip; of several the first in order.
  static func to(_ key: String, among candidates: some Sequence<String>) -> String? {
    let letters = Array(key.utf8.prefix(64))
    let bound = max(1, min(4, letters.count / 3))
    var best: (key: String, distance: Int)?
    for candidate in candidates.sorted() {
      let distance = distance(letters, Array(candidate.utf8))
      if distance <= bound, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.key
  }

  /// How many letters to put in, leave out, replace or swap with their neighbour (the restricted Damerau distance).
  private static func distance(_ from: [UInt8], _ to: [UInt8]) -> Int {
    var before: [Int] = []
    var last = Array(0...to.count)
    for (i, a) in from.enumerated() {
      var row = [i + 1]
      for (j, b) in to.enumerated() {
        var least = min(last[j + 1] + 1, row[j] + 1, last[j] + (a == b ? 0 : 1))
        if i > 0, j > 0, a == to[j - 1], from[i - 1] == b { least = min(least, before[j - 1] + 1) }
        row.append(least)
      }
      (before, last) = (last, row)
    }
    return last[to.count]
  }
}
