// A keyboard of the kernel's, or what plays one, through libevdev; nobody else hears it.
import CEvdev
import CLinux
import Glibc
import Time

/// An open input device with the keys of a keyboard. Owns its descriptor. It is grabbed: while it
/// is open, nothing that it types reaches a console or another program.
package final class InputDevice {
  package let path: String
  package let descriptor: Int32
  private let device: OpaquePointer

  /// - Throws: where the path is no input device or no keyboard, may not be opened, or where
  ///   another program has grabbed it.
  package init(_ path: String) throws(SystemError) {
    let descriptor = linux_open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0)
    guard descriptor >= 0 else { throw SystemError("open", path: path) }
    var device: OpaquePointer?
    let status = libevdev_new_from_fd(descriptor, &device)
    guard status == 0, let device else {
      close(descriptor)
      throw SystemError("use as an input device", path: path, code: -status)
    }
    var problem: SystemError?
    if !Self.keysOfKeyboard.allSatisfy({ Self.has(device, $0) }) {
      problem = SystemError("use", path: path, detail: "it has not the keys of a keyboard")
    } else if libevdev_set_clock_id(device, CLOCK_MONOTONIC) != 0 {
      problem = SystemError("set the clock of", path: path)
    } else {
      let status = libevdev_grab(device, LIBEVDEV_GRAB)
      if status == -EBUSY {
        problem = SystemError(
          "grab", path: path, detail: "another program has exclusive access to the input device")
      } else if status != 0 {
        problem = SystemError("grab", path: path, code: -status)
      }
    }
    if let problem {
      libevdev_free(device)
      close(descriptor)
      throw problem
    }
    self.path = path
    self.descriptor = descriptor
    self.device = device
  }

  deinit {
    // Its grab goes with the descriptor.
    libevdev_free(device)
    close(descriptor)
  }

  /// The keys that are down.
  package var heldKeys: [UInt16] {
    (1...UInt16(KEY_MAX)).filter {
      libevdev_get_event_value(device, UInt32(EV_KEY), UInt32($0)) > 0
    }
  }

  /// Takes what has come, each event with the kernel's stamp.
  /// - Parameter most: so many events at once, or a few more; `hasMore` tells of the rest.
  /// - Returns: empty where nothing has come; nil where the device is gone.
  package func read(most: Int) -> [(at: Instant, event: InputEvent)]? {
    var events: [(at: Instant, event: InputEvent)] = []
    var event = input_event()
    while events.count < most {
      let status = libevdev_next_event(device, UInt32(LIBEVDEV_READ_FLAG_NORMAL.rawValue), &event)
      switch status {
      case Int32(LIBEVDEV_READ_STATUS_SUCCESS.rawValue):
        if let known = Self.event(event) { events.append((Self.instant(event), known)) }
      case Int32(LIBEVDEV_READ_STATUS_SYNC.rawValue):
        catchUp()
        events.append((Self.instant(event), .lost(held: heldKeys)))
      case -EAGAIN, -EINTR: return events
      default: return nil
      }
    }
    return events
  }

  /// Whether something waits that the descriptor does not tell of.
  package var hasMore: Bool { libevdev_has_event_pending(device) > 0 }

  /// The library asks the kernel how the keys are now. Their order is lost, so that nothing can
  /// be made of the differences.
  private func catchUp() {
    var event = input_event()
    let flag = UInt32(LIBEVDEV_READ_FLAG_SYNC.rawValue)
    while libevdev_next_event(device, flag, &event)
      == Int32(LIBEVDEV_READ_STATUS_SYNC.rawValue)
    {}
  }

  private static func instant(_ event: input_event) -> Instant {
    Instant(
      nanoseconds: Int64(event.time.tv_sec) * 1_000_000_000 + Int64(event.time.tv_usec) * 1000)
  }

  private static func event(_ event: input_event) -> InputEvent? {
    switch (Int32(event.type), Int32(event.code)) {
    case (EV_KEY, _): InputEvent.Motion(rawValue: event.value).map { .key(event.code, $0) }
    case (EV_SYN, SYN_REPORT): .reportEnds
    default: nil
    }
  }

  /// A scanner has further devices beside its keyboard, with volume keys or none at all.
  private static let keysOfKeyboard = [KEY_1, KEY_0, KEY_A, KEY_Z, KEY_ENTER].map { UInt32($0) }

  private static func has(_ device: OpaquePointer, _ code: UInt32) -> Bool {
    libevdev_has_event_code(device, UInt32(EV_KEY), code) == 1
  }
}
