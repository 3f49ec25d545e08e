import Glibc

/// What a file's mode lets others of the machine do with it.
public enum FileExposure {
  /// What is wrong with the mode of the file at `path`, or of what a link there leads to; nothing for a file that
  /// can't be asked.
  ///
  /// - Parameter isSecret: whether reading it is as bad as writing it.
  public static func cautions(of path: String, isSecret: Bool) -> [String] {
    var status = stat()
    guard stat(path, &status) == 0 else { return [] }
    var cautions: [String] = []
    if isSecret && status.st_mode & S_IROTH != 0 {
      cautions.append("\(path): every user of this machine can read the secrets in it; chmod 600")
    }
    if status.st_mode & (S_IWGRP | S_IWOTH) != 0 {
      cautions.append("\(path): others than its owner can write it, and so decide who is let in; chmod go-w")
    }
    return cautions
  }
}
