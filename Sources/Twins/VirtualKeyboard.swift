// A keyboard of the kernel's on which a program types, as PseudoTerminal is a serial line.
import CTwins
import Glibc
import Linux

/// An input device with the keys of a keyboard, made through uinput. Others see it as they see a
/// scanner; it is unplugged with the object. Owns its descriptor.
package final class VirtualKeyboard {
  /// The path at which the keyboard can be opened.
  package let path: String
  private let descriptor: Int32
  private let device: OpaquePointer

  /// - Parameter port: where it says that it is plugged in.
  /// - Throws: where this kernel makes no devices, or this process may not ask it to.
  package init(
    name: String, vendor: UInt16, product: UInt16, port: String
  ) throws(SystemError) {
    guard let model = libevdev_new() else { throw SystemError("describe a keyboard") }
    defer { libevdev_free(model) }
    libevdev_set_name(model, name)
    libevdev_set_id_bustype(model, BUS_USB)
    libevdev_set_id_vendor(model, Int32(vendor))
    libevdev_set_id_product(model, Int32(product))
    for key in 1..<UInt32(BTN_MISC) {
      libevdev_enable_event_code(model, UInt32(EV_KEY), key, nil)
    }
    let descriptor = open("/dev/uinput", O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError("open", path: "/dev/uinput") }
    guard twins_set_port(descriptor, port) == 0 else {
      let error = SystemError("say where it is plugged in to", path: "/dev/uinput")
      close(descriptor)
      throw error
    }
    var device: OpaquePointer?
    let status = libevdev_uinput_create_from_device(model, descriptor, &device)
    guard status == 0, let device, let node = libevdev_uinput_get_devnode(device) else {
      close(descriptor)
      throw SystemError("make a keyboard with", path: "/dev/uinput", code: -status)
    }
    self.path = String(cString: node)
    self.descriptor = descriptor
    self.device = device
  }

  deinit {
    libevdev_uinput_destroy(device)
    close(descriptor)
  }

  /// Does with its keys what the events say; what the kernel itself adds is passed over.
  package func type(_ events: some Sequence<InputEvent>) throws(SystemError) {
    for event in events {
      let status: Int32
      switch event {
      case .key(let code, let motion):
        status = libevdev_uinput_write_event(
          device, UInt32(EV_KEY), UInt32(code), motion.rawValue)
      case .reportEnds:
        status = libevdev_uinput_write_event(device, UInt32(EV_SYN), UInt32(SYN_REPORT), 0)
      case .lost: status = 0
      }
      guard status == 0 else { throw SystemError("type on", path: path, code: -status) }
    }
  }
}
