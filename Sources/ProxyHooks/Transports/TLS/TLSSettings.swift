/// The hooks' listener's TLS as the settings have it, with what was in the files when they were read.
public struct TLSSettings: Sendable {
  let files: TLSFiles
  /// The names of which a caller's certificate must have one; empty where callers are asked for none.
  let clientNames: [ClientName]
  let identity: TLSIdentity
  /// The files' looks before they were read.
  let stamps: [FileStamp?]

  /// Reads the files. Blocks.
  init(files: TLSFiles, clientNames: [ClientName], now: Int64 = UTCTime.now.seconds) throws(TLSIdentity.Failure) {
    self.files = files
    self.clientNames = clientNames
    stamps = files.stamps
    identity = try TLSIdentity(files, now: now)
  }

  /// What the files' modes let others of the machine do, as ``FileExposure`` says it.
  public var exposures: [String] {
    FileExposure.cautions(of: files.certificate, isSecret: false) + FileExposure.cautions(of: files.key, isSecret: true)
      + (files.clientCA.map { FileExposure.cautions(of: $0, isSecret: false) } ?? [])
  }

  /// Whether callers must show a certificate.
  public var isMutual: Bool { identity.isMutual }
}
