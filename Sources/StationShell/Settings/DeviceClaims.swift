// Who has which device of the machine: each serves one thing.
import GPIO
import Linux

/// The one register of devices and pins that a configuration names. Whoever names one claims it
/// here, so that a new kind of device is compared with all others without knowing of them.
struct DeviceClaims {
  enum Device: CustomStringConvertible {
    /// By the path of its device file.
    case serial(String)
    /// A scanner that plays a keyboard, however it is looked for.
    case scanner(InputDeviceSearch)
    /// A pin of a GPIO chip.
    case pin(LineAddress)

    var description: String {
      switch self {
      case .serial, .scanner: "the device"
      case .pin(let address): "\(address)"
      }
    }

    /// Whether both may mean the same thing.
    fileprivate func mayBe(_ other: Device) -> Bool {
      switch (self, other) {
      case (.serial(let one), .serial(let two)): one == two
      case (.scanner(let one), .scanner(let two)): one.mayMean(two)
      case (.pin(let one), .pin(let two)): one == two
      default: false
      }
    }
  }

  private var taken: [(device: Device, user: String)] = []

  /// - Parameter user: as the file calls it, such as `[reader front]`.
  /// - Returns: who has the device already; nil where it is this user's now.
  mutating func claim(_ device: Device, for user: String) -> String? {
    if let other = taken.first(where: { $0.device.mayBe(device) }) { return other.user }
    taken.append((device, user))
    return nil
  }
}

extension InputDeviceSearch {
  /// Without a port the first scanner of a kind that is plugged in would be taken, and be another
  /// one after the next start.
  fileprivate func mayMean(_ other: InputDeviceSearch) -> Bool {
    switch (self, other) {
    case (.path(let one), .path(let two)): one == two
    case (.usb(let vendor, let product, let port), .usb(let maker, let thing, let place)):
      (vendor, product) == (maker, thing) && (port == nil || place == nil || port == place)
    case (.name(let one, let port), .name(let two, let place)):
      one == two && (port == nil || place == nil || port == place)
    default: false
    }
  }
}
