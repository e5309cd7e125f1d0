// Finds the input device that a description means, by what the kernel lists.
import Glibc

/// The identity of an input device before it is opened: the kernel lists it for everybody.
package struct InputDeviceIdentity: Equatable, Sendable {
  package var path: String
  package var vendor: UInt16
  package var product: UInt16
  package var name: String
  /// The socket of the device (`phys`), such as `usb-0000:01:00.0-1.1/input0`.
  package var port: String
  /// The serial number of the device (`uniq`), often empty.
  package var serial: String

  package init(
    path: String, vendor: UInt16, product: UInt16, name: String, port: String, serial: String
  ) {
    self.path = path
    self.vendor = vendor
    self.product = product
    self.name = name
    self.port = port
    self.serial = serial
  }

  /// The port without the number of the device's part: the parts of one device share it.
  package var socket: String {
    guard let slash = port.lastIndex(of: "/"), port[slash...].hasPrefix("/input") else {
      return port
    }
    return String(port[..<slash])
  }

  /// Every input device that the kernel lists, in the order of their numbers.
  package static func all(
    in folder: String = "/sys/class/input"
  ) throws(SystemError) -> [InputDeviceIdentity] {
    let numbers = try Files.names(in: folder).compactMap { name in
      name.hasPrefix("event") ? Int(name.dropFirst(5)) : nil
    }
    return numbers.sorted().map { number in
      let about = "\(folder)/event\(number)/device"
      return InputDeviceIdentity(
        path: "/dev/input/event\(number)", vendor: hex("\(about)/id/vendor"),
        product: hex("\(about)/id/product"), name: line("\(about)/name"),
        port: line("\(about)/phys"), serial: line("\(about)/uniq"))
    }
  }

  /// A device may go while it is looked at; then it has no such line.
  private static func line(_ path: String) -> String {
    guard let bytes = try? Files.read(path, limit: 4096) else { return "" }
    return String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
  }

  private static func hex(_ path: String) -> UInt16 { UInt16(line(path), radix: 16) ?? 0 }
}

/// How a configuration says which device it means.
package enum InputDeviceSearch: Equatable, Sendable, CustomStringConvertible {
  case path(String)
  /// - Parameter port: its `phys`, with or without the part's number, or its `uniq`; nil where
  ///   there is only one of the kind.
  case usb(vendor: UInt16, product: UInt16, port: String?)
  case name(String, port: String?)

  package var description: String {
    switch self {
    case .path(let path): path
    case .usb(let vendor, let product, let port):
      "\(Self.hex(vendor)):\(Self.hex(product))" + Self.text(port)
    case .name(let name, let port): "\"\(name)\"" + Self.text(port)
    }
  }

  /// Whether nothing has to be looked for.
  package var isPath: Bool { if case .path = self { true } else { false } }

  /// The devices to try, one after the other: a scanner has parts that are no keyboard.
  /// - Throws: where there is none, or where two different scanners are meant.
  package func candidates(
    among devices: [InputDeviceIdentity]
  ) throws(SystemError) -> [String] {
    if case .path(let path) = self { return [path] }
    let found = devices.filter(matches)
    guard let first = found.first else {
      throw SystemError("find", path: description, detail: "no such input device is plugged in")
    }
    if let other = found.first(where: { $0.socket != first.socket }) {
      throw SystemError(
        "choose", path: description,
        detail: "there are two, at \(first.socket) and \(other.socket): say with \"port\" which")
    }
    return found.map(\.path)
  }

  private func matches(_ device: InputDeviceIdentity) -> Bool {
    switch self {
    case .path(let path): device.path == path
    case .usb(let vendor, let product, let port):
      device.vendor == vendor && device.product == product && Self.isAt(port, device)
    case .name(let name, let port): device.name == name && Self.isAt(port, device)
    }
  }

  private static func isAt(_ port: String?, _ device: InputDeviceIdentity) -> Bool {
    guard let port else { return true }
    return [device.port, device.socket, device.serial].contains(port)
  }

  private static func text(_ port: String?) -> String { port.map { " at \($0)" } ?? "" }

  private static func hex(_ number: UInt16) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 4 - digits.count) + digits
  }
}
