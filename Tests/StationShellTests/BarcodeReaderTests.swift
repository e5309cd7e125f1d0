// A reader on a real pseudo-terminal that goes and comes back.
import Foundation
import Linux
import TestBed
import Testing
import Time
import Twins

@testable import StationShell

@Suite("Barcode reader")
final class BarcodeReaderTests {
  let folder: WorkFolder
  let loop: EventLoop
  let reader: BarcodeReader
  let path: String
  var frames: [ScanFraming.Frame] = []
  var connections: [String] = []

  init() throws {
    folder = try WorkFolder()
    loop = try EventLoop()
    path = folder.file("reader")
    reader = BarcodeReader(
      loop: loop, path: path, speed: 9600, framing: ScanFraming(idleGap: .milliseconds(50)))
    reader.onFrame = { [unowned self] in frames.append($0) }
    reader.onConnection = { [unowned self] in connections.append("\($0) \($1)") }
  }

  @Test("codes come in the order in which they were read, the last one ended by silence")
  func codes() throws {
    let terminal = try plugIn()
    reader.start()
    #expect(connections == ["true "])
    _ = terminal.write(Array("FIRST\rSECOND\r\nbad\rTHIRD".utf8))
    try loop.serve(until: "four frames") { [unowned self] in frames.count == 4 }
    #expect(
      frames == [
        .code(Array("FIRST".utf8)), .code(Array("SECOND".utf8)),
        .unusable(.noise, start: Array("bad".utf8)), .code(Array("THIRD".utf8)),
      ])
  }

  @Test("a reader that is not there is told of once, and used when it is plugged in")
  func absent() throws {
    reader.start()
    let later = Clock.now + .milliseconds(2300)
    try loop.serve(until: "two more attempts") { Clock.now > later }
    #expect(connections == ["false cannot open \(path): No such file or directory (errno 2)"])
    let terminal = try plugIn()
    try loop.serve(until: "the reader") { [unowned self] in connections.last == "true " }
    _ = terminal.write(Array("CODE\r".utf8))
    try loop.serve(until: "the code") { [unowned self] in frames == [.code(Array("CODE".utf8))] }
  }

  @Test("a reader that was unplugged in the middle of a code comes back as another device")
  func vanishing() throws {
    var terminal: PseudoTerminal? = try plugIn()
    reader.start()
    _ = terminal?.write(Array("HALF".utf8))
    try loop.serve(until: "the first half") { [terminal] in
      // The line is empty when the reader has taken what was written.
      var waiting: Int32 = 0
      return ioctl(terminal!.master, UInt(TIOCOUTQ), &waiting) == 0 && waiting == 0
    }
    terminal = nil
    try loop.serve(until: "the loss") { [unowned self] in connections.count == 2 }
    #expect(connections.last == "false the device is gone")
    terminal = try plugIn()
    try loop.serve(until: "the return") { [unowned self] in connections.last == "true " }
    _ = terminal?.write(Array("WHOLE\r".utf8))
    try loop.serve(until: "the code") { [unowned self] in !frames.isEmpty }
    #expect(frames == [.code(Array("WHOLE".utf8))])
  }

  @Test("stop lets the device go, and nothing is tried again")
  func stopping() throws {
    let terminal = try plugIn()
    reader.start()
    reader.stop()
    _ = terminal.write(Array("CODE\r".utf8))
    let later = Clock.now + .milliseconds(1200)
    try loop.serve(until: "a time in which it would have tried") { Clock.now > later }
    #expect(frames.isEmpty)
    #expect(connections == ["true "])
  }

  /// A new pseudo-terminal behind the same name, as udev makes it for a scanner.
  private func plugIn() throws -> PseudoTerminal {
    let terminal = try PseudoTerminal()
    unlink(path)
    try FileManager.default.createSymbolicLink(
      atPath: path, withDestinationPath: terminal.path)
    return terminal
  }
}
