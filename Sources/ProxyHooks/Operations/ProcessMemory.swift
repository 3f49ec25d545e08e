import CLinux

/// The process' memory, in which secrets and messages are.
public enum ProcessMemory {
  /// Keeps it out of core dumps, and, with `/proc/PID/environ`, from other processes of the same user (prctl(2),
  /// PR_SET_DUMPABLE). A limit on core files would not do: the kernel does not ask it where dumps go to a program
  /// (core(5)). Root still reads it. A failure leaves it as it is.
  public static func keepPrivate() { _ = clinux_set_dumpable(0) }
}
