// Finding a scanner among the input devices that the kernel lists.
import Linux
import TestBed
import Testing

@Suite("Input devices")
struct InputDeviceTests {
  private let devices = [
    device(0, 1, 1, "Power Button", "LNXPWRBN/button/input0"),
    device(3, 0x1EAB, 0x8003, "Scanner", "usb-1.1/input1"),
    device(4, 0x1EAB, 0x8003, "Scanner", "usb-1.1/input0", "SN1"),
    device(5, 0x1EAB, 0x8003, "Scanner", "usb-1.2/input0", "SN2"),
    device(6, 0x1EAB, 0x0003, "Scanner X", ""),
  ]

  @Test("a scanner is found by vendor and product, by name, by port and by serial number")
  func found() throws {
    let usb = { InputDeviceSearch.usb(vendor: 0x1EAB, product: 0x8003, port: $0) }
    #expect(try usb("usb-1.2").candidates(among: devices) == ["/dev/input/event5"])
    #expect(try usb("usb-1.1/input0").candidates(among: devices) == ["/dev/input/event4"])
    #expect(try usb("SN2").candidates(among: devices) == ["/dev/input/event5"])
    // Two parts of one device: each is tried.
    #expect(
      try usb("usb-1.1").candidates(among: devices) == ["/dev/input/event3", "/dev/input/event4"])
    #expect(
      try InputDeviceSearch.name("Scanner X", port: nil).candidates(among: devices)
        == ["/dev/input/event6"])
    #expect(try InputDeviceSearch.path("/dev/x").candidates(among: []) == ["/dev/x"])
  }

  @Test("one that is not there, and two alike, are errors that say what to do")
  func notFound() {
    #expect(
      Self.error(.usb(vendor: 0x0C2E, product: 0x0B61, port: nil), devices)
        == "cannot find 0c2e:0b61: no such input device is plugged in")
    #expect(
      Self.error(.name("Scanner", port: nil), devices)
        == "cannot choose \"Scanner\": there are two, at usb-1.1 and usb-1.2: say with \"port\" which"
    )
    #expect(
      Self.error(.name("Scanner", port: "usb-9"), devices)
        == "cannot find \"Scanner\" at usb-9: no such input device is plugged in")
  }

  @Test("what the kernel lists is read as it stands, and what it does not say is nothing")
  func listing() throws {
    let folder = try WorkFolder()
    for (name, text) in [
      ("id/vendor", "1eab\n"), ("id/product", "8003\n"), ("name", "A  scanner\n"),
      ("phys", "usb-1.1/input0\n"), ("uniq", "\n"),
    ] { try folder.write(text, to: "event12/device/\(name)") }
    try folder.write("Nothing\n", to: "event2/device/name")
    try folder.write("", to: "mice/name")
    let devices = try InputDeviceIdentity.all(in: folder.file(""))
    #expect(
      devices == [
        Self.device(2, 0, 0, "Nothing", ""),
        Self.device(12, 0x1EAB, 0x8003, "A  scanner", "usb-1.1/input0"),
      ])
  }

  @Test("what is no input device is refused by name")
  func noDevice() {
    #expect(throws: SystemError.self) { try InputDevice("/dev/null") }
    #expect(throws: SystemError("open", path: "/dev/input/no", code: 2)) {
      try InputDevice("/dev/input/no")
    }
  }

  private static func device(
    _ number: Int, _ vendor: UInt16, _ product: UInt16, _ name: String, _ port: String,
    _ serial: String = ""
  ) -> InputDeviceIdentity {
    InputDeviceIdentity(
      path: "/dev/input/event\(number)", vendor: vendor, product: product, name: name,
      port: port, serial: serial)
  }

  private static func error(
    _ search: InputDeviceSearch, _ devices: [InputDeviceIdentity]
  ) -> String {
    do {
      return "found \(try search.candidates(among: devices))"
    } catch {
      return error.description
    }
  }
}
