import Auth
import Storage
import StrictJSON

/// `chat:block` and `chat:unblock`: whose messages a person does not want to see, told to their own devices.
struct BlockMethod: RPCMethod {
  var name: String { operation.rawValue }
  private let operation: Operation
  private let isBlocked: Bool
  private let changes: ChangeStore
  private let alarm: PolicyAlarm

  init(isBlocked: Bool, changes: ChangeStore, alarm: PolicyAlarm) {
    operation = isBlocked ? .block : .unblock
    self.isBlocked = isBlocked
    self.changes = changes
    self.alarm = alarm
  }

  func answer(to user: UserID, _ payload: HookRequest.Payload, _ run: inout HookRun, by deadline: Deadline)
    async throws(Code) -> Answer
  {
    let json = try payload.object(in: .rpc)
    try json.refuseKeys(otherThan: ["user"])
    let other = try UserID(argument: json["user"])
    guard other != user else { throw .oneself }
    do throws(StorageError) {
      run.start()
      defer { run.finish(\.storage) }
      let outcome = try await changes.setBlock(
        isBlocked, of: other, for: user, if: run.policy.guard(for: operation), by: deadline)
      let decision = run.decide(operation, on: outcome.facts)
      return .to(outcome, deciding: decision, noMessage: .noSuchMessage, alarm: alarm)
    } catch {
      return .undecided(error)
    }
  }
}
