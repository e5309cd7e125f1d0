// Rounds of the door's path beside its floor, one of each in turn, so that noise hits both alike.
import Glibc
import Linux
import MemberCode
import StationProtocol
import Time

/// Codes of one issuer, and the plain program that checks the same signatures.
struct DoorRounds {
  /// What a round waits for before the next: for the loop and the journal to come to rest.
  private static let rest: Duration = .microseconds(300)

  let issuerKey: String
  private let codes: [[UInt8]]
  /// Each code as the floor wants it: a length, the signature, the signed bytes.
  private let messages: [[UInt8]]
  private let floor: PipedProgram

  var count: Int { codes.count }

  init(codes count: Int) throws {
    let key = SigningKey.generate()
    let issuer = CodeIssuer(key)
    let pem = String(decoding: key.publicPEM, as: UTF8.self)
    issuerKey = pem
    floor = try PipedProgram.reference("signature", [String(pem.split(separator: "\n")[1])])
    codes = try (0..<count).map { index in
      guard let member = MemberID("m-\(index)") else { preconditionFailure("no member \(index)") }
      let code = try issuer.issue(
        member, life: .seconds(3600), at: Clock.wall, tokenID: Randomness.bytes(8))
      return Array(code.utf8)
    }
    messages = try codes.map { code in
      let message = try CoseSign1.decode(try Base45.decode(code))
      let content = message.signature + message.signedContent()
      return [UInt8(content.count & 0xFF), UInt8(content.count >> 8)] + content
    }
  }

  /// Times of the floor and of the door.
  struct Times {
    var floor: [Int64] = []
    var door: [Int64] = []
  }

  /// Shows every code of the range once.
  func run(_ range: Range<Int>, at station: DoorStation) throws -> Times {
    var times = Times()
    for index in range {
      // In turn first, so that neither always follows the other's commit.
      if index % 2 == 0 { times.floor.append(try floorRound(index)) }
      times.door.append(try doorRound(index, station))
      if index % 2 == 1 { times.floor.append(try floorRound(index)) }
    }
    return times
  }

  private func floorRound(_ index: Int) throws(SystemError) -> Int64 {
    pause(Self.rest)
    let start = Clock.now
    try floor.send(messages[index])
    let end = try floor.receive(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard end > 0 else { throw SystemError("check a signature", detail: "the floor finds it bad") }
    return Int64(end) - start.nanoseconds
  }

  private func doorRound(_ index: Int, _ station: DoorStation) throws(SystemError) -> Int64 {
    let reader = station.readers[0]
    try reader.prepare(codes[index] + [0x0D])
    pause(Self.rest)
    let start = try reader.release()
    return try (station.waitForRelease() - start).wholeNanoseconds
  }
}

/// Lets this thread rest.
func pause(_ duration: Duration) {
  let time = duration.wholeNanoseconds
  var rest = timespec(tv_sec: Int(time / 1_000_000_000), tv_nsec: Int(time % 1_000_000_000))
  nanosleep(&rest, nil)
}
