// The local socket on which a station daemon finds the wires of this board.

import BoardLink
import GPIO
import Linux

/// Listens for the daemon and carries `BoardProtocol`. One daemon at a time holds the wires, as
/// one process at a time holds a GPIO line; a second caller is turned away.
final class DaemonLink {
  private let loop: EventLoop
  private let listener: LocalListener
  private var connection: LocalConnection?

  /// Gives the greeting for a daemon that has just connected.
  var onConnected: () -> [BoardReport] = { [] }
  /// - Returns: false where the order is not for this board, which ends the connection.
  var onOrder: (BoardOrder) -> Bool = { _ in true }
  var onGone: () -> Void = {}

  init(loop: EventLoop, path: String) throws(SystemError) {
    self.loop = loop
    listener = try LocalListener(path: path)
    try loop.watch(listener.descriptor, for: .read) { [unowned self] _ in self.admit() }
  }

  func close() {
    drop()
    loop.unwatch(listener.descriptor)
  }

  func send(_ report: BoardReport) {
    guard let connection else { return }
    guard connection.send(line: report.line) else { return drop() }
    if connection.hasUnsent { loop.change(connection.descriptor, to: [.read, .write]) }
  }

  private func admit() {
    while let caller = listener.accept() {
      // The daemon before this one may have died in this very turn of the loop.
      if connection != nil { receive() }
      guard connection == nil else { continue }
      do throws(SystemError) {
        try loop.watch(caller.descriptor, for: .read) { [unowned self] readiness in
          self.serve(readiness)
        }
      } catch {
        Log.error("the daemon is not served: \(error)")
        continue
      }
      connection = caller
      for report in onConnected() { send(report) }
    }
  }

  private func serve(_ readiness: Readiness) {
    if readiness.contains(.write), let connection {
      guard connection.flush() else { return drop() }
      if !connection.hasUnsent { loop.change(connection.descriptor, to: .read) }
    }
    receive()
  }

  private func receive() {
    guard let lines = connection?.lines() else { return drop() }
    for line in lines {
      guard let order = BoardOrder(line: line), onOrder(order) else {
        Log.warning("the daemon said what this board does not understand, and is cut off")
        return drop()
      }
    }
  }

  private func drop() {
    guard let gone = connection else { return }
    connection = nil
    loop.unwatch(gone.descriptor)
    onGone()
  }
}
