// Whole files, credentials, locks and clocks of the real machine.
import Foundation
import Linux
import TestBed
import Testing
import Time

@Suite("Files")
struct FilesTests {
  let folder: WorkFolder

  init() throws { folder = try WorkFolder() }

  @Test("a file of exactly the limit is read, one byte more is refused with the limit")
  func limit() throws {
    let path = try folder.write(String(repeating: "x", count: 100), to: "file")
    #expect(try Files.read(path, limit: 100).count == 100)
    #expect(
      refusal { _ = try Files.read(path, limit: 99) }
        == "cannot read \(path): it is longer than 99 bytes")
    #expect(
      refusal { _ = try Files.read("/dev/zero", limit: 1000) }
        == "cannot read /dev/zero: it is longer than 1000 bytes")
  }

  @Test("a byte order mark before a text is left out, and no other one")
  func byteOrderMark() throws {
    let path = try folder.write("\u{FEFF}m-1\nm-\u{FEFF}2\n", to: "revoked.txt")
    #expect(try Files.read(path) == Array("m-1\nm-\u{FEFF}2\n".utf8))
    try folder.write("\u{FEFF}", to: "empty")
    #expect(try Files.read(folder.file("empty")).isEmpty)
  }

  @Test("what cannot be opened is named with the system's reason")
  func missing() throws {
    let path = folder.file("nothing")
    #expect(
      refusal { _ = try Files.read(path) }
        == "cannot open \(path): No such file or directory (errno 2)")
    #expect(
      refusal { _ = try Files.names(in: path) }
        == "cannot open the folder \(path): No such file or directory (errno 2)")
  }

  @Test("a written file replaces the old one whole and leaves no draft")
  func writing() throws {
    let path = try folder.write("old", to: "file")
    try Files.write(Array("new".utf8), to: path)
    #expect(try Files.read(path) == Array("new".utf8))
    #expect(try Files.names(in: folder.path) == ["file"])
  }

  @Test("a write that fails leaves the old file and no draft")
  func failedWriting() throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("taken/inside"), withIntermediateDirectories: true)
    #expect(refusal { try Files.write([1], to: folder.file("taken")) } != nil)
    #expect(try Files.names(in: folder.path) == ["taken"])
  }

  @Test("names are sorted and hidden ones left out")
  func names() throws {
    for name in ["b.pem", ".hidden", "a.pem"] { try folder.write("x", to: name) }
    #expect(try Files.names(in: folder.path) == ["a.pem", "b.pem"])
  }

  @Test(
    "a credential is its text without space around it",
    arguments: [
      ("secret\n", "secret"), ("  two words \r\n", "two words"),
      ("\u{FEFF}marked\n", "marked"), ("\u{e9}t\u{e9}", "\u{e9}t\u{e9}"),
    ])
  func credential(content: String, text: String) throws {
    try folder.write(content, to: "mqtt-password")
    #expect(try Self.credential("mqtt-password").read(directory: folder.path) == text)
  }

  private static func credential(_ name: String) -> UnitCredential {
    UnitCredential(name, home: "/etc/somewhere/\(name)")
  }

  @Test("an empty, a binary and a missing credential are refused by name, never by content")
  func badCredentials() throws {
    let path = try folder.write(" \n", to: "empty")
    #expect(
      refusal { _ = try Self.credential("empty").read(directory: folder.path) }
        == "cannot read the credential empty \(path): it is empty")
    try Data([0xFF, 0xFE]).write(to: URL(fileURLWithPath: folder.file("binary")))
    #expect(
      refusal { _ = try Self.credential("binary").read(directory: folder.path) }
        == "cannot read the credential binary \(folder.file("binary")): it is not text")
    #expect(
      refusal { _ = try Self.credential("absent").read(directory: folder.path) }
        == "cannot read the credential absent \(folder.file("absent")): "
        + "No such file or directory (errno 2)")
  }

  @Test("a lock is had once at a time, and again when its holder has gone")
  func lock() throws {
    let path = folder.file("store.lock")
    var first = try FileLock(path: path)
    #expect(first != nil)
    #expect(try FileLock(path: path) == nil)
    first = nil
    #expect(try FileLock(path: path) != nil)
  }

  @Test("a lock is had once, whichever name the file goes by, and before the file is there")
  func lockOfOneFile() throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("real"), withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: folder.file("real"))
    let first = try FileLock(beside: folder.file("real/store"))
    #expect(first != nil)
    #expect(try FileLock(beside: folder.file("link/store")) == nil)
    try Data().write(to: URL(fileURLWithPath: folder.file("real/store")))
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("other"), withDestinationPath: folder.file("real/store"))
    for name in ["real/store", "link/store", "other", "real/../link/./store"] {
      #expect(try FileLock(beside: folder.file(name)) == nil, "\(name)")
    }
    #expect(try FileLock(beside: folder.file("real/second")) != nil)
    withExtendedLifetime(first) {}
  }

  @Test("the clocks are those of the machine")
  func clocks() {
    let before = Clock.now
    let wall = Clock.wall.milliseconds
    #expect(abs(wall - Int64(Date().timeIntervalSince1970 * 1000)) < 2000)
    #expect(Clock.now > before)
    let offset = TimeZone.current.secondsFromGMT(for: Date())
    #expect(Clock.utcOffsetSeconds(at: Clock.wall) == offset)
  }

  private func refusal(_ body: () throws -> Void) -> String? {
    do { try body() } catch { return "\(error)" }
    return nil
  }
}
