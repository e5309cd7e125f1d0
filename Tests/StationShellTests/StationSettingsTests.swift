// Configuration files, good and bad, each bad one beside the exact words that refuse it.
import Foundation
import GPIO
import StationCore
import StationProtocol
import TestBed
import Testing
import Time

@testable import StationShell

@Suite("Station settings")
struct StationSettingsTests {
  private static let fixtures = Checkout.file("Tests/StationShellTests/Fixtures")

  @Test("every file of the folder valid is accepted")
  func valid() throws {
    for name in try Self.names("valid") { _ = try Self.read("valid/\(name)") }
  }

  /// With `RECORD_FIXTURES` set, the texts are written instead of compared.
  @Test("every file of the folder invalid is refused with the text beside it")
  func invalid() throws {
    let isRecording = ProcessInfo.processInfo.environment["RECORD_FIXTURES"] != nil
    for name in try Self.names("invalid") {
      let text: String
      do {
        _ = try Self.read("invalid/\(name)")
        Issue.record("\(name) was accepted")
        continue
      } catch {
        text = "\(error)\n"
      }
      let expected =
        "\(Self.fixtures)/invalid/\(name.replacingOccurrences(of: ".conf", with: ".txt"))"
      if isRecording { try text.write(toFile: expected, atomically: true, encoding: .utf8) }
      #expect(text == (try? String(contentsOfFile: expected, encoding: .utf8)), "\(name)")
    }
  }

  @Test("what is left out has the values that the table documents")
  func defaults() throws {
    let settings = try Self.read("valid/least.conf")
    #expect(settings.station == StationID("rencheng-01"))
    #expect(settings.core.accessPoints.map(\.timing) == [DoorTiming(heldOpenWarning: .seconds(10))])
    // A code may be meant for this very station.
    let code = CodePolicy(audiences: [settings.station.text])
    #expect(settings.core.entry == EntryPolicy(code: code))
    #expect(settings.core.clock == .require)
    #expect(settings.core.outbox == OutboxLimits())
    #expect(settings.storePath == "/var/lib/worker-station/station.sqlite")
    #expect(settings.issuers.isEmpty)
    #expect(settings.board == .simulated(socket: "/run/board"))
    #expect(settings.readers.map(\.source) == [.serial(device: "/dev/ttyACM0", speed: 9600)])
    #expect(settings.readers.map(\.idleGap) == [.milliseconds(100)])
    #expect(settings.broker.host == "127.0.0.1")
    #expect(settings.broker.port == 1883)
    #expect(settings.broker.credentials == nil)
    #expect(settings.broker.longestPause == .seconds(60))
  }

  @Test("a reader of each kind is found as its section says")
  func readers() throws {
    let readers = try Self.read("valid/readers.conf").readers
    let sources: [ReaderSettings.Source] = [
      .serial(device: "/dev/front", speed: 9600),
      .keyboard(.usb(vendor: 0x1EAB, product: 0x8003, port: "usb-0000:01:00.0-1.1")),
      .keyboard(.usb(vendor: 0x1EAB, product: 0x8003, port: "usb-0000:01:00.0-1.2/input0")),
      .keyboard(.name("Scanner of somebody", port: nil)),
      .keyboard(.path("/dev/input/by-id/usb-scanner-event-kbd")),
      .wiegand(
        data0: LineWiring(
          chip: "/dev/gpiochip0", offset: 3, isActiveLow: true, bias: .pullUp),
        data1: LineWiring(
          chip: "/dev/gpiochip0", offset: 4, isActiveLow: true, bias: .pullUp)),
    ]
    #expect(readers.map(\.source) == sources)
    let gaps: [Int64] = [100, 100, 100, 50, 100, 50]
    #expect(readers.map(\.idleGap) == gaps.map { .milliseconds($0) })
    #expect(readers.last?.direction == .outward)
  }

  @Test("what is set arrives, whatever the order of the sections")
  func values() throws {
    let settings = try Self.read("valid/two-doors.conf")
    #expect(settings.core.accessPoints.map(\.id.number) == [1, 2])
    #expect(
      settings.core.accessPoints[1].timing
        == DoorTiming(
          access: .milliseconds(500), exit: .seconds(120), heldOpen: .seconds(3600),
          heldOpenWarning: .seconds(10)))
    #expect(settings.readers.map(\.accessPoint?.number) == [1, 2, 1])
    #expect(settings.core.entry.hours == .daily(from: 22 * 60, to: 6 * 60))
    #expect(settings.core.entry.capacity.most == 20)
    guard case .chip(let wires, let settling) = settings.board else {
      Issue.record("no GPIO board")
      return
    }
    #expect(settling == ChipLines.Settling(.milliseconds(10)))
    #expect(wires.count == 7)
    let contact = wires.first { $0.line == BoardLine(.contact, 1) }?.wiring
    #expect(
      contact
        == LineWiring(chip: "/dev/gpiochip0", offset: 17, isActiveLow: true, bias: .pullDown))
  }

  @Test("locks, fire alarm, inputs and relays arrive, each on its wire")
  func wires() throws {
    let settings = try Self.read("valid/everything-wired.conf")
    let points = settings.core.accessPoints
    #expect(points[0].lock == DoorLock(kind: .failSafe, hasFeedback: true))
    #expect(points[0].timing.exit == .seconds(30))
    #expect(!points[0].exitDrivesStrike)
    #expect(points[1].lock == DoorLock(rating: .pulse(longest: .milliseconds(500))))
    #expect(points[1].timing.exit == .seconds(5))
    #expect(settings.core.fire == FirePolicy(wiring: .twoLines, onWireFault: .release))
    #expect(
      settings.core.relays == [
        RelayConfiguration(.lights, delay: .seconds(600)),
        RelayConfiguration(.sockets, delay: .seconds(3600)),
      ])
    #expect(
      settings.strikes[points[0].id] == .init(kind: .failSafe, contact: .normallyClosed))
    #expect(settings.strikes[points[1].id] == StrikeWiring())
    guard case .chip(let wires, let settling) = settings.board else {
      Issue.record("no GPIO board")
      return
    }
    #expect(settling == ChipLines.Settling(isByKernel: true))
    #expect(
      wires.first { $0.line == BoardLine(.contact, 2) }?.wiring
        == LineWiring(LineAddress(chip: .any, line: .name("DOOR-2")), isActiveLow: true))
    #expect(
      wires.first { $0.line == BoardLine(.sockets) }?.wiring
        == LineWiring(LineAddress(chip: .label("relay-board"), line: .name("SOCKETS"))))
    #expect(wires.count == 17)
    #expect(Set(wires.map(\.line)).count == 17)
  }

  @Test("of every good file each output has its safe state, and is on its own wire")
  func safeStates() throws {
    for name in try Self.names("valid") {
      let settings = try Self.read("valid/\(name)")
      #expect(settings.safe.problems == [], "\(name)")
      let doors = settings.core.accessPoints.map { BoardLine(.strike, $0.id.number) }
      let relays = settings.core.relays.compactMap { BoardLine($0.relay.rawValue) }
      let outputs = settings.safe.outputs
      #expect(Set(outputs.map(\.line)) == Set(doors + relays), "\(name)")
      #expect(outputs.count == doors.count + relays.count, "\(name)")
      guard case .chip(let wires, _) = settings.board else { continue }
      for output in outputs {
        let wire = wires.first { $0.line == output.line }
        #expect(wire?.wiring == output.wiring && wire != nil, "\(name) \(output.line)")
      }
    }
    let levels = try Self.read("valid/everything-wired.conf").safe.levels
    #expect(levels.filter(\.value).map(\.key) == [BoardLine(.sockets)])
  }

  @Test("release and hold are the levels that the lock and its contact need, in all four cases")
  func levels() {
    let levels = DoorLock.Kind.allCases.flatMap { kind in
      StrikeWiring.Contact.allCases.map { contact in
        let wiring = StrikeWiring(kind: kind, contact: contact)
        #expect(wiring.isEnergised(for: .release) != wiring.isEnergised(for: .secure))
        return "\(kind.rawValue) \(contact.rawValue) \(wiring.isEnergised(for: .release))"
      }
    }
    #expect(
      levels == [
        "fail-secure normally-open true", "fail-secure normally-closed false",
        "fail-safe normally-open false", "fail-safe normally-closed true",
      ])
  }

  @Test("who may come in arrives whole, and a date that the hours name themselves is no holiday")
  func entry() throws {
    let settings = try Self.read("valid/entry.conf")
    let entry = settings.core.entry
    #expect(settings.timeZone == "Asia/Shanghai")
    #expect(entry.programs == [AccessPointID(1)!: .firstPerson, AccessPointID(2)!: .lockDown])
    #expect(settings.readers.map(\.direction) == [.inward, .outward, .outward])
    #expect(
      entry.capacity == CapacityPolicy(most: 20, rule: .soft, first: 50, second: 75))
    #expect(entry.reservation == .required(graceMinutes: 15))
    #expect(entry.antiPassback == .hard)
    #expect(entry.interlock == Interlock(AccessPointID(1)!, AccessPointID(2)!))
    #expect(entry.uplink == .free(after: .seconds(300)))
    #expect(settings.members.list == "/etc/worker-station/members.ini")
    #expect(settings.members.revocations == "/etc/worker-station/revoked.txt")
    let day = try #require(CalendarDate(text: "2026-10-01")).daysSince1970
    #expect(!entry.hours.holds(at: LocalTime(day: day, minute: 600)))
    #expect(entry.hours.holds(at: LocalTime(day: day + 1, minute: 600)))
    #expect(!entry.freeHours.holds(at: LocalTime(day: day + 1, minute: 540)))
    #expect(entry.freeHours.holds(at: LocalTime(day: day + 7, minute: 540)))
  }

  @Test(
    "a machine arrives with its goods in the order of their slots, and its reader opens no door")
  func machine() throws {
    let settings = try Self.read("valid/machine.conf")
    let slots = try #require(settings.core.vending).slots
    #expect(slots.map(\.slot.number) == [3, 12])
    #expect(slots.map(\.article.text) == ["gloves", "water"])
    #expect(slots.map(\.price.number) == [1, 1_000_000])
    #expect(slots.map(\.capacity) == [8, 100])
    #expect(settings.core.vending?.timing.session == .seconds(45))
    let machine = try #require(settings.machine)
    #expect(machine.device == "/dev/ttyUSB0" && machine.speed == 115_200)
    let labels = try #require(settings.core.vending).labels
    #expect(slots.map { labels.articles[$0.article]?.chinese } == ["手套", "矿泉水"])
    #expect(machine.screen.address == "127.0.0.1" && machine.screen.port == 0)
    #expect(machine.screen.pages == "/srv/screen")
    #expect(settings.readers.map(\.accessPoint?.number) == [1, nil])
    guard case .chip(let wires, _) = settings.board else {
      Issue.record("no GPIO board")
      return
    }
    #expect(wires.contains { $0.line == BoardLine(.machineDoor) })
    let without = try Self.read("valid/least.conf")
    #expect(without.machine == nil && without.core.vending == nil)
  }

  @Test(
    "a wiring is spelt in one way",
    arguments: [
      ("gpiochip0:17", true), ("/dev/gpiochip0:0", true), ("gpiochip0:1023", true),
      ("gpiochip0:4 active-low", true), ("gpiochip0:4 pull-up active-low", true),
      ("gpiochip0:4 as-is", true), ("", false), (":", false), ("gpiochip0", false),
      ("gpiochip0:DOOR-CONTACT", true), ("DOOR-CONTACT pull-up", true),
      ("pinctrl-bcm2711:17", true), ("INT34C5:00:17", true), ("gpiochip0:GPIO 17", false),
      ("gpiochip0x:17", false), ("/:17", false), ("contact\u{e9}", false), (":17", false),
      ("a-name-of-32-bytes-is-not-kept-so", false), ("[SD_CD]", true), ("_usb", true),
      ("gpiochip0:-1", false), ("gpiochip0:+1", false),
      ("gpiochip0:01", false), ("gpiochip0:1024", false), ("gpiochip0:4:5", false),
      ("gpiochip0:4 active-low active-low", false), ("gpiochip0:4 pull-up as-is", false),
      ("gpiochip0:4 pullup", false), ("4", false),
    ])
  func wiring(text: String, isGood: Bool) {
    #expect((LineWiring(text: text) != nil) == isGood)
  }

  private static func names(_ folder: String) throws -> [String] {
    let names = try FileManager.default.contentsOfDirectory(atPath: "\(fixtures)/\(folder)")
    return names.filter { $0.hasSuffix(".conf") }.sorted()
  }

  private static func read(_ name: String) throws -> StationSettings {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(fixtures)/\(name)"))
    return try StationSettings.read([UInt8](data), version: "test")
  }
}
