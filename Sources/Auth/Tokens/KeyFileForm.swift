/// What the content of a key's file looks like.
enum KeyFileForm {
  case pem, json, other

  init(_ bytes: [UInt8]) {
    let whiteSpace: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]
    if bytes.starts(with: "-----BEGIN ".utf8) {
      self = .pem
    } else if bytes.first(where: { !whiteSpace.contains($0) }) == UInt8(ascii: "{") {
      self = .json
    } else {
      self = .other
    }
  }
}
