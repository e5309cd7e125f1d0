// In which order boards are got out of the broker, whatever the broker does.
import ManagementCore
import StationProtocol
import Testing
import Time

@Suite("Revocation at the broker")
struct RevocationTests {
  private static let gate = StationID("gate-1")!
  private static let hall = StationID("hall-1")!

  /// A revocation that an expectation may change.
  private final class Box {
    private(set) var revocation = Revocation()

    func add(_ station: StationID, at now: Instant) -> Revocation.Step? {
      revocation.add(station, at: now)
    }
    func sessionEnded(_ isDone: Bool, at now: Instant) -> Revocation.Step? {
      revocation.sessionEnded(isDone, at: now)
    }
    func revokedTried(isAccepted: Bool, at now: Instant) -> Revocation.Step? {
      revocation.revokedTried(isAccepted: isAccepted, at: now)
    }
    func waited() -> Revocation.Step? { revocation.waited() }
    func isOverdue(at now: Instant) -> Bool { revocation.isOverdue(at: now) }
    var isBusy: Bool { revocation.isBusy }
    var stations: [StationID] { revocation.stations }
  }

  private static func at(_ seconds: Int) -> Instant {
    Instant(nanoseconds: 0) + .seconds(seconds)
  }

  @Test("a session is ended, the list is seen to count, and the session is ended once more")
  func round() {
    let one = Box()
    #expect(one.add(Self.gate, at: Self.at(0)) == .endSession(Self.gate))
    #expect(one.sessionEnded(true, at: Self.at(0)) == .tryRevoked)
    #expect(one.revokedTried(isAccepted: false, at: Self.at(0)) == .endSession(Self.gate))
    #expect(one.isBusy)
    #expect(one.sessionEnded(true, at: Self.at(1)) == nil)
    #expect(!one.isBusy && one.stations.isEmpty && !one.isOverdue(at: Self.at(1000)))
  }

  @Test("a broker that lets a revoked certificate in is tried again until it does not")
  func unread() {
    let one = Box()
    var step = one.add(Self.gate, at: Self.at(0))
    for turn in 0..<3 {
      #expect(step == .endSession(Self.gate))
      #expect(one.sessionEnded(true, at: Self.at(turn)) == .tryRevoked)
      #expect(one.revokedTried(isAccepted: true, at: Self.at(turn)) == .wait(.seconds(2)))
      step = one.waited()
    }
    #expect(!one.isOverdue(at: Self.at(59)))
    #expect(one.isOverdue(at: Self.at(60)))
  }

  @Test("a broker that is away is no broker that refuses: nothing is over before it was there")
  func away() {
    let one = Box()
    #expect(one.add(Self.gate, at: Self.at(0)) == .endSession(Self.gate))
    #expect(one.sessionEnded(false, at: Self.at(0)) == .wait(.seconds(10)))
    #expect(one.waited() == .endSession(Self.gate))
    #expect(one.sessionEnded(true, at: Self.at(10)) == .tryRevoked)
    #expect(one.revokedTried(isAccepted: false, at: Self.at(10)) == .endSession(Self.gate))
    #expect(one.sessionEnded(false, at: Self.at(70)) == .wait(.seconds(60)))
    #expect(one.stations == [Self.gate])
  }

  @Test("a station that comes while another one's round goes on gets a round of its own")
  func two() {
    let one = Box()
    #expect(one.add(Self.hall, at: Self.at(0)) == .endSession(Self.hall))
    #expect(one.add(Self.gate, at: Self.at(0)) == nil)
    #expect(one.sessionEnded(true, at: Self.at(0)) == .tryRevoked)
    #expect(one.revokedTried(isAccepted: false, at: Self.at(0)) == .endSession(Self.gate))
    #expect(one.sessionEnded(true, at: Self.at(0)) == .endSession(Self.hall))
    #expect(one.sessionEnded(true, at: Self.at(0)) == .endSession(Self.gate))
    #expect(one.sessionEnded(true, at: Self.at(0)) == .endSession(Self.hall))
    #expect(one.sessionEnded(true, at: Self.at(0)) == .tryRevoked)
    #expect(one.revokedTried(isAccepted: false, at: Self.at(0)) == .endSession(Self.gate))
    #expect(one.sessionEnded(true, at: Self.at(0)) == .endSession(Self.hall))
    #expect(one.sessionEnded(true, at: Self.at(0)) == nil)
    #expect(!one.isBusy)
  }

  @Test("an outcome that nobody waits for changes nothing")
  func stray() {
    let one = Box()
    #expect(one.sessionEnded(true, at: Self.at(0)) == nil)
    #expect(one.revokedTried(isAccepted: false, at: Self.at(0)) == nil)
    #expect(one.waited() == nil)
    #expect(one.revocation == Revocation())
  }
}
