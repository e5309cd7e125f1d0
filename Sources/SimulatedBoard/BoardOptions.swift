// The command line of the simulated board.

import StationProtocol

/// What a simulated board is started with.
package struct BoardOptions: Equatable, Sendable {
  package struct Reader: Equatable, Sendable {
    package var path: String
    package var accessPoint: Int
  }

  /// What is wrong with a command line, as a sentence.
  package struct Fault: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String
  }

  package var socket = ""
  package var readers: [Reader] = []
  package var host = "127.0.0.1"
  /// 0: any free one.
  package var port: UInt16 = 0
  package var addressFile: String?
  package var issuerKey: String?
  package var members: [MemberID] = []
  package var pages = ""
  package var texts = ""
  package var accessPoints = 1
  package var name = ""
  /// Where a thermometer and an energy meter are to be found; nil where the room has none.
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

  package init(_ words: [String]) throws(Fault) {
    var rest = words[...]
    while let option = rest.popFirst() {
      guard let value = rest.popFirst() else {
        throw Fault(description: "\(option) needs a value, or is not known")
      }
      try take(option, value)
    }
    for (option, value) in [("--socket", socket), ("--pages", pages), ("--texts", texts)]
    where value.isEmpty {
      throw Fault(description: "\(option) is missing")
    }
    if let reader = readers.first(where: { $0.accessPoint > accessPoints }) {
      throw Fault(
        description: "--reader \(reader.path) is at access point \(reader.accessPoint), "
          + "but there are \(accessPoints)")
    }
    guard machine?.path != "" else { throw Fault(description: "--machine is missing") }
    guard (issuerKey == nil) == members.isEmpty else {
      throw Fault(description: "--demo-issuer and --member go together")
    }
  }

  private mutating func take(_ option: String, _ value: String) throws(Fault) {
    let isTaken: Bool
    switch option {
    case "--socket": isTaken = set(\.socket, value)
    case "--pages": isTaken = set(\.pages, value)
    case "--texts": isTaken = set(\.texts, value)
    case "--name": isTaken = set(\.name, value)
    case "--devices": isTaken = set(\.devices, value)
    case "--machine": isTaken = set(\.orderedMachine.path, value)
    case "--machine-fell": isTaken = set(\.orderedMachine.fellFile, value)
    case "--machine-turn":
      isTaken = set(
        \.orderedMachine.turnTime,
        Int(value).flatMap { (1...60_000).contains($0) ? .milliseconds($0) : nil })
    case "--machine-reader": isTaken = set(\.machineReader, value)
    case "--screen": isTaken = set(\.screen, value)
    case "--address-file": isTaken = set(\.addressFile, value)
    case "--demo-issuer": isTaken = set(\.issuerKey, value)
    case "--listen": isTaken = listen(on: value)
    case "--reader": isTaken = addReader(value)
    case "--member": isTaken = addMember(value)
    case "--access-points":
      isTaken = set(\.accessPoints, Int(value).flatMap { (1...4).contains($0) ? $0 : nil })
    case "--lock": isTaken = set(\.lock, LockKind(rawValue: value))
    case "--step":
      isTaken = set(
        \.pace.step, Int(value).flatMap { (1...10_000).contains($0) ? .milliseconds($0) : nil })
    default: throw Fault(description: "\(option) is not known")
    }
    guard isTaken else { throw Fault(description: "\(option) does not take '\(value)'") }
  }

  /// Its options come in any order, so that each may be the first to speak of it.
  private var orderedMachine: SimulatedMachine.Setting {
    get { machine ?? SimulatedMachine.Setting(path: "") }
    set { machine = newValue }
  }

  private mutating func set<Value>(
    _ path: WritableKeyPath<BoardOptions, Value>, _ value: Value?
  ) -> Bool {
    guard let value else { return false }
    self[keyPath: path] = value
    return true
  }

  private mutating func listen(on value: String) -> Bool {
    guard let colon = value.lastIndex(of: ":"),
      let port = UInt16(value[value.index(after: colon)...])
    else { return false }
    let host = String(value[..<colon])
    guard ["127.0.0.1", "localhost"].contains(host) else { return false }
    self.host = "127.0.0.1"
    self.port = port
    return true
  }

  private mutating func addReader(_ value: String) -> Bool {
    guard let equals = value.lastIndex(of: "=") else {
      readers.append(Reader(path: value, accessPoint: 1))
      return !value.isEmpty
    }
    guard let point = Int(value[value.index(after: equals)...]), (1...4).contains(point) else {
      return false
    }
    readers.append(Reader(path: String(value[..<equals]), accessPoint: point))
    return value.startIndex < equals
  }

  private mutating func addMember(_ value: String) -> Bool {
    guard let member = MemberID(value) else { return false }
    members.append(member)
    return true
  }
}
