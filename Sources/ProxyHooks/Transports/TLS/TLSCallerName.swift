/// Tells what reads requests who sends them: the name for which a caller's certificate was let in. Comes before the first
/// request.
struct TLSCallerName: Sendable {
  let text: String
}
