// What a station's daemon opens before it serves: its password, its store's lock, its lines.
import BoardLink
import GPIO
import Linux
import StationCore

extension StationDaemon {
  /// Without its password a station reaches no broker, and opens its doors all the same.
  static func password(_ folder: String?) -> String {
    do throws(SystemError) {
      return try StationFiles.password.read(directory: folder)
    } catch {
      Log.error("\(error); the broker will refuse this station: put it there and restart")
      return ""
    }
  }

  static func lock(_ settings: StationSettings) throws(SystemError) -> FileLock? {
    do throws(SystemError) {
      guard let lock = try FileLock(beside: settings.storePath) else {
        throw SystemError(
          "use", path: settings.storePath, detail: "another stationd has it; stop that one first")
      }
      return lock
    } catch {
      // A file system that cannot be written stops nobody from coming in.
      if error.code == 0 { throw error }
      Log.error("\(error); nothing keeps a second stationd away")
      return nil
    }
  }

  /// Where a file of the store was removed, so was its lock, perhaps: that is taken again first. A
  /// store that another stationd has by then is left to that one.
  func lookAtStore() {
    let path = settings.storePath
    if let lock, !lock.isInPlace {
      do throws(SystemError) {
        guard let again = try FileLock(beside: path) else {
          Log.error(
            "the lock of \(path) was removed, and another stationd has it: stop one of them")
          return
        }
        Log.warning("the lock of \(path) was removed; it is made again")
        self.lock = again
      } catch {
        Log.error("\(error); nothing keeps a second stationd away")
        self.lock = nil
      }
    }
    journal.look()
  }

  static func lines(_ settings: StationSettings, _ loop: EventLoop) -> any StationLines {
    switch settings.board {
    case .simulated(let socket):
      SimulatedLines(
        loop: loop, path: socket, accessPoints: settings.core.accessPoints.map(\.id.number))
    case .chip(let wires, let settling):
      ChipLines(
        loop: loop, wiring: wires.map { ($0.line, $0.wiring) }, settling: settling,
        safe: settings.safe.levels, pulses: settings.pulses)
    }
  }
}
