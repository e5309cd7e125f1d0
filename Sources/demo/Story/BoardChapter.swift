// Boards that become stations: one that is claimed, has its key replaced, and gives way to another.
import Foundation
import TestBed

extension Chapter {
  static let boards = Chapter(
    name: "boards", about: "a fourth station is claimed, its key replaced, its board too"
  ) { claiming in
    try claiming.tellOfClaim()
    try claiming.tellOfRenewal()
    try claiming.tellOfReplacement()
  }
}

/// The telling of a chapter that begins without a station.
final class Claiming: Steps {
  private static let name = "nangang-04"
  private let bed: ClaimBed

  init(_ chapter: Chapter) throws {
    bed = try ClaimBed()
    super.init(of: chapter)
  }

  private func claim(_ board: String) throws {
    let code = try step("the desk: a manager has a claim code made, good for 15 minutes") {
      try bed.management.claimCode(for: Self.name)
    }
    try step("stationctl claim at the \(board) board: its key never leaves it") {
      let told = try bed.claim(code, at: board)
      guard told.status == 0 else { throw TestBedError(told.output) }
    }
  }

  private func start(_ board: String) throws -> StationUnderTest {
    try step("its station is online, by TLS with certificates on both sides") {
      let station = try bed.station(Self.name, board: board)
      try Deadline.wait(until: "the station (\(station.log))") { try bed.isOnline(Self.name) }
      return station
    }
  }

  /// The certificates of the station, newest first: whether each counts.
  private func waitForCertificates(_ counts: [Bool]) throws {
    try Deadline.wait(until: "the certificates to count as \(counts)") {
      try bed.certificates(of: Self.name).map(\.counts) == counts
    }
  }

  private func open() throws {
    try step("the desk opens its door by a signed command: done") {
      let id = try bed.management.order(Self.name, #""op":"open","ap":1"#)
      let command = try bed.management.waitForEnd(of: id, at: Self.name)
      guard command["state"] as? String == "done" else { throw TestBedError("\(command)") }
    }
  }

  fileprivate func tellOfClaim() throws {
    try claim("first")
    first = try start("first")
    try open()
  }

  fileprivate func tellOfRenewal() throws {
    try step("its key is replaced while it works: the old certificate counts no more") {
      let wish = try bed.management.api.call(
        "POST", "/stations/\(Self.name)/certificate-renewals", json: "{}")
      guard wish.status == 202 else { throw TestBedError(wish.text) }
      try waitForCertificates([true, false])
    }
    try step("it is online with the new one") {
      try Deadline.wait(until: "the station") { try bed.isOnline(Self.name) }
    }
  }

  fileprivate func tellOfReplacement() throws {
    try step("the board breaks") {
      try first?.stop()
      // A new board has a new card.
      try FileManager.default.removeItem(atPath: bed.folder.file(Self.name))
    }
    try claim("second")
    try waitForCertificates([true, false, false])
    _ = try start("second")
    try open()
    try step("the first board, repaired by somebody, is locked out by the broker") {
      try bed.broker.reload()
      let read = ["-t", "ws/v1/service/status", "-C", "1", "-W", "2"]
      try Deadline.wait(until: "its certificate to be refused") {
        try bed.client("mosquitto_sub", as: "first", read).status != 0
      }
    }
  }

  private var first: StationUnderTest?
}
