import Glibc

/// The process' bound on open files, of which every connection is one.
enum OpenFiles {
  /// Raises the soft limit, often 1024 for the sake of old programs, to the hard one (setrlimit(2)). A failure leaves it as
  /// it is: the service then turns connections away earlier.
  static func raiseLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max else {
      return
    }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
