// What the lists of members cost: to load, to look a code up in, and to compare a PIN.
import Linux
import MemberCode
import StationCore
import StationProtocol
import Time

/// The longest list of revocations that a station takes, and one PIN.
enum MemberLookups {
  static let part = Part(
    name: "members", what: "a list of 100,000 revoked members, and the hash of a PIN"
  ) { report in
    let count = RevocationList.mostMembers
    let text = Array((0..<count).map { "member-\($0 * 7 % count)\n" }.joined().utf8)
    var list = RevocationList()
    let loading = measure(5) { list = RevocationList(text: text) }
    try report.add(Figure(name: "members.load", value: loading / 1e6, unit: "ms"))
    let members = (0..<1000).compactMap { MemberID("member-\($0 * 2 * count / 1000)") }
    var found = 0
    let looking = measure(100) { found += members.count(where: list.contains) }
    guard found == 100 * members.count / 2, list.count == count else {
      throw SystemError("look members up", detail: "\(found) of \(list.count) were found")
    }
    try report.add(
      Figure(
        name: "members.look-up", value: looking / 1000 / Double(members.count), unit: "us",
        bound: .atMost(10)))
    guard let hash = PINHash(pin: Array("258046".utf8)) else {
      throw SystemError("hash a PIN", detail: "there is too little memory")
    }
    let comparing = measure(20) { _ = hash.matches(Array("258047".utf8)) }
    try report.add(
      Figure(name: "members.pin", value: comparing / 1e6, unit: "ms", bound: .atMost(250)))
  }

  /// - Returns: nanoseconds of one round.
  private static func measure(_ rounds: Int, _ body: () -> Void) -> Double {
    let start = Clock.now
    for _ in 0..<rounds { body() }
    return Double((Clock.now - start).wholeNanoseconds) / Double(rounds)
  }
}
