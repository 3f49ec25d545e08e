import CentrifugoProxyAPI
import GRPCCore

/// What becomes of a call, by its method.
enum GRPCMethod: Sendable {
  /// One of the six hooks.
  case hook(HookKind)
  /// A subscription that is a stream of its own; refused in the stream's first message.
  case stream
  /// A method whose response has a place for a refusal.
  case refused
  /// A method whose response has none, so that the call has to fail.
  case unserved
  /// The health check.
  case health

  /// The methods there are, by their descriptors.
  static let all: [MethodDescriptor: GRPCMethod] = {
    typealias Proxy = Centrifugal_Centrifugo_Proxy_CentrifugoProxy.Method
    return [
      Proxy.Connect.descriptor: .hook(.connect), Proxy.Refresh.descriptor: .hook(.refresh),
      Proxy.Subscribe.descriptor: .hook(.subscribe), Proxy.SubRefresh.descriptor: .hook(.subRefresh),
      Proxy.Publish.descriptor: .hook(.publish), Proxy.RPC.descriptor: .hook(.rpc),
      Proxy.SubscribeUnidirectional.descriptor: .stream, Proxy.SubscribeBidirectional.descriptor: .stream,
      Proxy.MapPublish.descriptor: .refused, Proxy.MapRemove.descriptor: .refused,
      Proxy.SharedPollRefresh.descriptor: .refused, Proxy.NotifyChannelState.descriptor: .refused,
      Proxy.NotifyCacheEmpty.descriptor: .unserved, Grpc_Health_V1_Health.Method.Check.descriptor: .health,
    ]
  }()
}
