// The command line of the simulated board.

import StationProtocol
import Text

/// What a simulated board is started with.
package struct BoardOptions: Equatable, Sendable {
  package struct Reader: Equatable, Sendable {
    package var path: String
    package var accessPoint: Int
  }

  /// The host of the page: nowhere but on this machine.
  static let host = "127.0.0.1"

  package var socket = ""
  package var readers: [Reader] = []
  /// 0: any free one.
  package var port: UInt16 = 0
  package var addressFile: String?
  package var issuerKey: String?
  package var members: [MemberID] = []
  package var pages = ""
  package var texts = ""
  package var accessPoints = 1
  package var name = ""
  /// The folder of a thermometer and an energy meter; nil where the room has none.
  package var devices: String?
  /// The exchange machine; nil where the station has none.
  package var machine: SimulatedMachine.Setting?
  /// The serial line of the reader beside it.
  package var machineReader: String?
  /// The file in which the daemon writes where the machine's screen is.
  package var screen: String?
  package var pace = BoardPace()
  package var lock = LockKind.failSecure

  package static let usage = """
    usage: stationboard --socket PATH --pages DIR --texts DIR [OPTION...]
    The hardware of one station, simulated, with a page to work it by hand.

      --socket PATH          local socket on which the station daemon finds the wires
      --reader PATH[=N]      serial line of a code reader at access point N (1); repeat for more
      --listen ADDRESS:PORT  where the page is served, loopback only (127.0.0.1:0)
      --address-file FILE    is written with ADDRESS:PORT once the page is served
      --demo-issuer FILE     PEM private key with which the page issues codes
      --member ID            a member to whom codes are issued; repeat for more
      --pages DIR            the files of the page
      --texts DIR            the text catalogues en.json and zh.json
      --access-points N      1 to 4 (1)
      --lock KIND            fail-secure: current opens; fail-safe: current holds (fail-secure)
      --devices DIR          makes a thermometer and an energy meter there: DIR/sys, DIR/meter
      --machine PATH         serial line of an exchange machine, see machineboard --help
      --machine-turn MS      how long its motors turn, 1 to 60000 ms (2500)
      --machine-fell FILE    gets a line COLUMN SERIAL for each article that falls
      --machine-reader PATH  serial line of the code reader beside it
      --screen FILE          says the ADDRESS:PORT of the screen beside it, for the page's link
      --name TEXT            the station's name on the page
      --step MS              time between the steps of a walk, 1 to 10000 ms (400)

    """

  package init(_ arguments: [String]) throws(CommandFault) {
    let words = try CommandWords(
      arguments,
      options: [
        "--socket", "--reader", "--listen", "--address-file", "--demo-issuer", "--member",
        "--pages",
        "--texts", "--access-points", "--lock", "--devices", "--machine", "--machine-turn",
        "--machine-fell", "--machine-reader", "--screen", "--name", "--step",
      ], repeated: ["--reader", "--member"])
    try words.takeNoOperands()
    socket = try words.required("--socket")
    pages = try words.required("--pages")
    texts = try words.required("--texts")
    name = words["--name"] ?? name
    devices = words["--devices"]
    machineReader = words["--machine-reader"]
    screen = words["--screen"]
    addressFile = words["--address-file"]
    accessPoints = try words.number("--access-points", in: 1...4) ?? accessPoints
    lock = try words.value("--lock", "fail-secure or fail-safe") { LockKind(rawValue: $0) } ?? lock
    if let step = try words.number("--step", in: Int64(1)...10_000) {
      pace.step = .milliseconds(step)
    }
    port = try words.value("--listen", "127.0.0.1:PORT", Self.port) ?? port
    readers = try words.values("--reader").map { text throws(CommandFault) in
      try Self.reader(text, accessPoints)
    }
    try takeMembers(words)
    machine = try Self.machine(words)
  }

  private mutating func takeMembers(_ words: CommandWords) throws(CommandFault) {
    members = try words.values("--member").map { text throws(CommandFault) in
      guard let member = MemberID(text) else {
        throw .value(text, of: "--member", expected: MemberID.syntax)
      }
      return member
    }
    issuerKey = words["--demo-issuer"]
    guard (issuerKey == nil) == members.isEmpty else {
      throw .together("--demo-issuer and --member go together")
    }
  }

  private static func machine(
    _ words: CommandWords
  ) throws(CommandFault) -> SimulatedMachine.Setting? {
    let time = try words.number("--machine-turn", in: Int64(1)...60_000)
    guard let path = words["--machine"] else {
      guard time == nil, !words.has("--machine-fell") else { throw .missing("--machine") }
      return nil
    }
    var machine = SimulatedMachine.Setting(path: path)
    machine.fellFile = words["--machine-fell"]
    if let time { machine.turnTime = .milliseconds(time) }
    return machine
  }

  /// - Returns: nil where the page would be served beyond this machine.
  private static func port(_ value: String) -> UInt16? {
    guard let colon = value.lastIndex(of: ":"),
      ["127.0.0.1", "localhost"].contains(value[..<colon])
    else { return nil }
    return UInt16(value[value.index(after: colon)...])
  }

  private static func reader(_ value: String, _ most: Int) throws(CommandFault) -> Reader {
    let equals = value.lastIndex(of: "=")
    let point = equals.map { Int(value[value.index(after: $0)...]) ?? 0 } ?? 1
    let path = String(value[..<(equals ?? value.endIndex)])
    guard !path.isEmpty, (1...most).contains(point) else {
      throw .value(value, of: "--reader", expected: "PATH or PATH=N with N from 1 to \(most)")
    }
    return Reader(path: path, accessPoint: point)
  }
}
