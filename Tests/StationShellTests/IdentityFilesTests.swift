// The folder of a board's identity through a renewal, and after each power cut in it.
import Foundation
import Keys
import StationProtocol
import TestBed
import Testing
import Time

@testable import StationShell

@Suite("The files of a board's identity")
struct IdentityFilesTests {
  private static let gate = StationID("gate-1")!
  private static let ends = WallTime(seconds: 2_000_000_000)
  private let folder: WorkFolder
  private let writer: IdentityWriter
  private let authority = CertificateAuthority(
    name: "test", serial: SerialNumber(random: (1, 1)), ends: ends)

  init() throws {
    folder = try WorkFolder()
    writer = IdentityWriter(folder: folder.file("identity"), station: Self.gate)
    try write(authority.certificate.pem, .authority)
    try write(Array("127.0.0.1 8883\n".utf8), .broker)
    let key = KeyHandle.generateP256()
    try write(key.privatePEM + issue(key, 1).pem, .board)
  }

  private func issue(_ key: KeyHandle, _ number: UInt64, to name: String = "gate-1") -> Certificate
  {
    authority.issue(
      .client, to: name, key: key, serial: SerialNumber(random: (1, number)), ends: Self.ends)
  }

  private func write(_ bytes: [UInt8], _ file: IdentityFile) throws {
    try folder.write(String(decoding: bytes, as: UTF8.self), to: "identity/\(file.rawValue)")
  }

  private func current() throws -> StationIdentity { try writer.read().current.get() }

  /// The key that waits for its certificate.
  private func waiting() throws -> KeyHandle {
    guard case .key(let pem) = writer.read().next else { throw TestBedError("no key waits") }
    return try KeyHandle(privatePEM: pem)
  }

  @Test("a renewal goes from a key to a certificate to the board's own")
  func renewal() throws {
    let before = try current()
    #expect(writer.read().next == nil)
    try writer.perform(.makeKey)
    let key = try waiting()
    try writer.perform(.makeKey)
    #expect(try waiting().isSame(as: key), "a key that waits is asked for again")
    try writer.perform(.adopt)
    #expect(try current() == before, "a key alone is not adopted")
    try writer.perform(.keep(PEMText(issue(key, 2).pem)))
    guard case .identity(let next) = writer.read().next else {
      Issue.record("no next identity")
      return
    }
    #expect(try current() == before && next.serial != before.serial)
    let mode = try FileManager.default.attributesOfItem(atPath: folder.file("identity/next.pem"))
    #expect(mode[.posixPermissions] as? Int == 0o600)
    try writer.perform(.adopt)
    #expect(try current() == next && writer.read().next == nil)
  }

  @Test("a certificate that is not of this authority, this name or this key is not kept")
  func foreign() throws {
    try writer.perform(.makeKey)
    let key = try waiting()
    let thief = CertificateAuthority(
      name: "test", serial: SerialNumber(random: (1, 1)), ends: Self.ends)
    let foreign = [
      thief.issue(
        .client, to: "gate-1", key: key, serial: SerialNumber(random: (1, 3)), ends: Self.ends),
      issue(key, 4, to: "gate-2"), issue(.generateP256(), 5),
    ]
    for certificate in foreign {
      #expect(throws: (any Error).self) {
        try writer.perform(.keep(PEMText(certificate.pem)))
      }
      #expect(try waiting().isSame(as: key))
    }
    #expect(throws: (any Error).self) { try writer.perform(.keep(PEMText(Array("x".utf8)))) }
  }

  @Test("after a power cut between a change and the removal of its draft, nothing is left to try")
  func powerCut() throws {
    try writer.perform(.makeKey)
    try writer.perform(.keep(PEMText(issue(try waiting(), 2).pem)))
    let next = try String(contentsOfFile: folder.file("identity/next.pem"), encoding: .utf8)
    try writer.perform(.adopt)
    try folder.write(next, to: "identity/next.pem")
    #expect(writer.read().next == nil)
    try writer.perform(.makeKey)
    #expect(try !waiting().isSame(as: try KeyHandle(privatePEM: Array(next.utf8))))
  }

  @Test("a draft that is damaged is none, and is written anew")
  func damaged() throws {
    for text in ["", "x", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
      try folder.write(text, to: "identity/next.pem")
      #expect(writer.read().next == nil)
      try writer.perform(.makeKey)
      _ = try waiting()
    }
  }

  @Test("the next identity is shown at once, then each in turn, until it is the board's own")
  func turns() {
    var turns = IdentityTurns()
    func attempt() -> Bool {
      let shows = turns.showsNext()
      if !shows { turns.showCurrent() }
      return shows
    }
    let first = [attempt(), attempt(), attempt(), attempt()]
    #expect(first == [true, false, true, false])
    _ = attempt()
    turns.nextIsNew()
    #expect(attempt())
  }
}
