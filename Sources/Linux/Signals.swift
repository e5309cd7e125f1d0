// Signals as events of the loop instead of interruptions.
import CLinux
import Glibc

extension EventLoop {
  /// Blocks the signals for every thread made from here on and calls `body` on this loop's
  /// thread when one comes. SIGPIPE is ignored: a closed peer is an error code, not an end.
  package func receive(
    signals: [Int32], _ body: @escaping (Int32) -> Void
  ) throws(SystemError) {
    signal(SIGPIPE, SIG_IGN)
    var set = sigset_t()
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal) }
    pthread_sigmask(SIG_BLOCK, &set, nil)
    let descriptor = signalfd(-1, &set, Int32(SFD_CLOEXEC | SFD_NONBLOCK))
    guard descriptor >= 0 else { throw SystemError("create a signal descriptor") }
    try watch(descriptor, for: .read) { _ in
      var information = signalfd_siginfo()
      while read(descriptor, &information, MemoryLayout<signalfd_siginfo>.size) > 0 {
        body(Int32(information.ssi_signo))
      }
    }
  }
}
