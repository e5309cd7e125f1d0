// Certificates that are renewed, revoked and over while every program is killed at random.
import Foundation
import Keys
import StationProtocol
import TestBed
import Testing
import Time

/// A station whose board is claimed, and what happens to it: after each, its door opens, and in the end
/// it is connected by the one certificate that counts, and has lost nothing.
@Suite("Certificates in a storm", .serialized)
struct CertificateStormTests {
  /// 12 as a rule; `make soak` asks for more.
  private static let changes =
    ProcessInfo.processInfo.environment["CERTIFICATE_CHANGES"].flatMap { Int($0) } ?? 12

  private enum Change: String, CaseIterable {
    case renewed
    case lockedOut = "locked out"
    case over
    case replaced
    case stationKilled = "stationd killed"
    case serviceKilled = "managementd killed"
    case brokerKilled = "mosquitto killed"
  }

  @Test(
    "whatever happens to certificates and programs, a station comes back, and an old board never")
  func storm() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("certificate storm: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let storm = try Storm()
    // Each once, and then drawn ones.
    var plan = Change.allCases.shuffled(using: &random)
    while plan.count < Self.changes {
      plan.append(Change.allCases.randomElement(using: &random) ?? .renewed)
    }
    for change in plan {
      try storm.perform(change)
      try storm.openByHand()
      if Bool.random(using: &random) { try storm.waitUntilOnline("after \(change.rawValue)") }
    }
    print("certificate storm: \(plan.map(\.rawValue).joined(separator: ", "))")
    try storm.check()
  }

  private final class Storm {
    private static let name = "gate-4"
    private let bed: ClaimBed
    private let station: StationUnderTest
    /// Folders of identities that were replaced or locked out.
    private var old: [String] = []

    init() throws {
      bed = try ClaimBed()
      let told = try bed.claim(bed.management.claimCode(for: Self.name), at: "board")
      guard told.status == 0 else { throw TestBedError(told.output) }
      station = try bed.station(Self.name, board: "board")
      try waitUntilOnline("at first")
    }

    func perform(_ change: Change) throws {
      switch change {
      case .renewed:
        let wish = try bed.management.api.call(
          "POST", "/stations/\(Self.name)/certificate-renewals", json: "{}")
        #expect(wish.status == 202)
      case .lockedOut:
        try keep()
        let out = try bed.management.api.call(
          "POST", "/stations/\(Self.name)/lock-out", json: #"{"reason":"storm"}"#)
        #expect(out.status == 200)
        try bed.broker.reload()
        try claim()
      case .over:
        try expire()
        try restartStation()
        try Deadline.wait(
          until: "the broker to refuse the certificate (\(station.log.suffix(800)))"
        ) {
          station.log.suffix(2000).contains("does not take this certificate")
        }
        try claim()
      case .replaced:
        try keep()
        try claim()
      case .stationKilled: try restartStation()
      case .serviceKilled:
        bed.management.kill()
        try bed.management.start()
        try Deadline.wait(until: "the service at its broker") { try bed.isLinked() }
      case .brokerKilled:
        bed.broker.kill()
        try bed.broker.start()
        try Deadline.wait(until: "the service at its broker") { try bed.isLinked() }
      }
    }

    private func restartStation() throws {
      station.kill()
      try station.start()
    }

    private func claim() throws {
      let told = try bed.claim(bed.management.claimCode(for: Self.name), at: "board")
      #expect(told.status == 0, "\(told.output)")
      try restartStation()
    }

    /// What somebody has who took the board.
    private func keep() throws {
      let name = "old-\(old.count)"
      try FileManager.default.copyItem(
        atPath: bed.identity("board"), toPath: bed.identity(name))
      old.append(name)
    }

    /// Puts a certificate of the authority in the place of the board's that is over.
    private func expire() throws {
      guard let serial = SerialNumber(String(repeating: "5", count: 32)) else { return }
      let key = KeyHandle.generateP256()
      let over = try bed.authority().issue(
        .client, to: Self.name, key: key, serial: serial, ends: WallTime(seconds: 1_700_000_000))
      try Data(key.privatePEM + over.pem).write(
        to: URL(fileURLWithPath: bed.identity("board") + "/board.pem"))
      try? FileManager.default.removeItem(atPath: bed.identity("board") + "/next.pem")
    }

    /// Whoever is inside gets out, whatever the network thinks of the board.
    func openByHand() throws {
      try station.pressExit()
      try Deadline.wait(until: "the door to open (\(station.log.suffix(800)))") {
        try station.accessPoint()["unlocked"] as? Bool == true
      }
    }

    func waitUntilOnline(_ when: String) throws {
      try Deadline.wait(30, until: "the station, \(when) (\(station.log.suffix(1500)))") {
        try bed.isOnline(Self.name)
      }
    }

    func check() throws {
      try waitUntilOnline("in the end")
      try bed.broker.reload()
      let read = ["-t", "ws/v1/service/status", "-C", "1", "-W", "5"]
      for board in old {
        try Deadline.wait(until: "\(board) to be out") {
          try bed.client("mosquitto_sub", as: board, read).status != 0
        }
      }
      try waitUntilOnline("after the others were out")
      try Deadline.wait(30, until: "one certificate to count, the board's own") {
        try bed.certificates(of: Self.name).filter(\.counts).map(\.serial)
          == [bed.serial(of: "board")]
      }
      let alarms = try bed.management.station(Self.name)["alarms"] as? [[String: Any]] ?? []
      #expect(alarms.allSatisfy { $0["alarm"] as? String != "certificate-ending" }, "\(alarms)")
      try station.stopDaemon()
      try station.start()
      let count = try bed.management.waitForDelivery(from: station)
      _ = try AlarmBook.check(Self.name, bed.management)
      print(
        "certificate storm: \(count) records, each in the service once; \(old.count) boards out")
    }
  }
}
