import Auth
import Storage
import StrictJSON

/// `chat:presence`: the members of a match, who of them listens now, and when the others were last seen.
///
/// Who listens is Centrifugo's to say; who may ask, and who is a member, is PostgreSQL's. A listener who is no member any
/// more, as in the moment of a removal, is not shown.
struct PresenceMethod: RPCMethod {
  let name = Operation.presence.rawValue
  let members: MembersStore
  let centrifugo: CentrifugoAPI
  let alarm: PolicyAlarm

  func answer(to user: UserID, _ payload: HookRequest.Payload, _ run: inout HookRun, by deadline: Deadline)
    async throws(Code) -> Answer
  {
    let json = try payload.object(in: .rpc)
    try json.refuseKeys(otherThan: ["match"])
    let match = try MatchID(argument: json["match"])
    run.match = match
    let outcome: MembersStore.Outcome
    do throws(StorageError) {
      run.start()
      defer { run.finish(\.storage) }
      outcome = try await members.members(of: match, for: user, if: run.policy.guard(for: .presence), by: deadline)
    } catch {
      return .undecided(error)
    }
    let decision = run.decide(.presence, on: outcome.facts)
    switch (decision.outcome, outcome.members) {
    case (.allow, .some(let members)):
      do throws(CentrifugoAPIError) {
        let listeners = try await centrifugo.presence(
          in: Channel.match(match).name(in: run.document.namespaces), by: deadline)
        return Answer(.rpc(.init(data: Self.data(members, listeners: listeners))), reason: decision.word)
      } catch {
        return .undecided(error)
      }
    case (.deny, .none):
      return .denied(decision)
    case (.allow, .none), (.deny, .some):
      return alarm.differs(decision)
    }
  }

  /// - Parameter members: the store's array of objects with the key `user`.
  static func data(_ members: [UInt8], listeners: [String: Int]) -> HookReply.JSONText {
    let limits = JSONLimits(maximumBytes: .max, maximumNodes: .max)  // our own database's text
    let present =
      (try? JSON.parse(members, limits: limits))?.elements.map { $0.compactMap { $0["user"]?.string } } ?? []
    var writer = JSONWriter(capacity: members.count + 256)
    writer.beginObject()
    writer.key("members")
    writer.raw(members)
    writer.key("online")
    writer.beginArray()
    for user in present where listeners[user] != nil { writer.string(user) }
    writer.endArray()
    writer.endObject()
    return writer.bytes
  }
}
