// The hooks over gRPC.
extension Configuration {
  /// Where gRPC is listened for; nil where it is not, and where something is wrong with it.
  static func grpcListen(
    _ reader: inout SettingsReader, besides others: [ListenAddress], insecure: Bool
  ) -> ListenAddress? {
    guard reader.text(.grpcListen) != "off" else { return nil }
    let address = reader.address(.grpcListen, or: "`off`")
    if address.port != 0, others.contains(address) {
      reader.problem(.grpcListen, "is another listener's; give it a port of its own, or `off`")
    }
    if insecure, reader.text(.secret) == nil, !address.isLoopback {
      reader.problem(.grpcListen, "--insecure is for a loopback address only")
    }
    return address
  }

  /// How long a connection lives, in seconds; nil is for ever.
  static func grpcAge(_ reader: inout SettingsReader) -> Int? {
    guard reader.text(.grpcAge) != "0" else { return nil }
    return reader.integer(.grpcAge, in: 10...86_400, or: "0 for ever")
  }
}
