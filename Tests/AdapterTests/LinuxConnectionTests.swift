// Local sockets and serial lines: bounds, floods, and what is no serial line at all.
import Foundation
import Linux
import TestBed
import Testing
import Twins

@Suite("Local connections")
struct LocalConnectionTests {
  let folder: WorkFolder
  let listener: LocalListener
  let near: LocalConnection
  let far: LocalConnection

  init() throws {
    folder = try WorkFolder()
    let listener = try LocalListener(path: folder.file("socket"))
    self.listener = listener
    near = try LocalConnection(path: folder.file("socket"))
    far = try Deadline.wait(for: "the caller") { listener.accept() }
  }

  @Test("lines arrive whole however they were cut")
  func lines() throws {
    for byte in Array("one\ntwo\nth".utf8) { _ = send([byte]) }
    #expect(near.lines() == ["one", "two"])
    _ = send(Array("ree\n".utf8))
    #expect(near.lines() == ["three"])
    #expect(near.lines() == [])
  }

  @Test("a line of 512 bytes is taken, one of 513 ends the connection")
  func longLines() throws {
    let longest = String(repeating: "x", count: LocalConnection.longestLine)
    _ = send(Array("\(longest)\n".utf8))
    #expect(near.lines() == [longest])
    _ = send(Array("\(longest)x\n".utf8))
    #expect(near.lines() == nil)
  }

  @Test("bytes without an end of line end the connection when they pass the bound")
  func endless() throws {
    _ = send([UInt8](repeating: 0x78, count: 600))
    #expect(near.lines() == nil)
  }

  @Test("what a peer said before it went is heard, then that it went")
  func last() throws {
    let path = folder.file("other")
    let listener = try LocalListener(path: path)
    let near = try LocalConnection(path: path)
    var far: LocalConnection? = try Deadline.wait(for: "the caller") { listener.accept() }
    #expect(far?.send(line: "bye") == true)
    far = nil
    #expect(near.lines() == ["bye"])
    #expect(near.lines() == nil)
  }

  @Test("a flood of short lines is taken in bounded portions, none of which holds up the loop")
  func flood() throws {
    let portion = Array(String(repeating: "a\n", count: 4096).utf8)
    let total = 100
    let sender = WorkerThread<Int>(name: "flood") { [descriptor = far.descriptor] in
      { _ in
        for _ in 0..<total {
          var sent = 0
          while sent < portion.count {
            let count = portion.withUnsafeBytes {
              Glibc.send(
                descriptor, $0.baseAddress! + sent, portion.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count > 0 { sent += count } else { sched_yield() }
          }
        }
        return nil
      }
    }
    sender.submit(1)
    var received = 0
    var most = 0
    var longest = Duration.zero
    try Deadline.wait(60, until: "the whole flood") {
      let start = Self.threadTime
      let count = near.lines()?.count ?? 0
      longest = max(longest, Self.threadTime - start)
      most = max(most, count)
      received += count
      return received == total * 4096
    }
    sender.finish()
    print("a turn of a flooded local connection: at most \(longest)")
    // A portion is 16 KiB, and a line may have begun before it.
    #expect(most <= 8193)
    #expect(longest < .milliseconds(100))
  }

  /// The processor time of this thread: what others take from it is no fault of the connection.
  private static var threadTime: Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  @Test("a peer that never reads counts as gone when 64 KiB wait for it")
  func deaf() throws {
    var sent = 0
    while near.send(line: String(repeating: "x", count: 500)) {
      sent += 501
      try #require(sent < 10_000_000)
    }
    #expect(sent > 65_536)
  }

  @Test("a socket's path that is too long is refused in words")
  func path() {
    let path = "/tmp/" + String(repeating: "x", count: 120)
    #expect(throws: SystemError("use", path: path, detail: "a socket's path has at most 107 bytes"))
    {
      _ = try LocalConnection(path: path)
    }
  }

  private func send(_ bytes: [UInt8]) -> Int {
    Glibc.send(far.descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }
}

@Suite("Serial lines")
struct SerialPortTests {
  @Test("a pseudo-terminal is opened raw: no byte is changed, none is echoed")
  func raw() throws {
    let terminal = try PseudoTerminal()
    let port = try SerialPort(terminal.path, speed: 9600)
    let bytes = (0...255).map(UInt8.init)
    #expect(terminal.write(bytes) == 256)
    var read: [UInt8] = []
    try Deadline.wait(until: "256 bytes") {
      read += port.read() ?? []
      return read.count >= 256
    }
    #expect(read == bytes)
    #expect(port.read() == [])
    var echo: UInt8 = 0
    #expect(Glibc.read(terminal.master, &echo, 1) == -1)
  }

  @Test("what was typed before the line was opened is no presentation")
  func flushing() throws {
    let terminal = try PseudoTerminal()
    _ = terminal.write(Array("EARLY\r".utf8))
    let port = try SerialPort(terminal.path, speed: 115_200)
    _ = terminal.write(Array("LATE\r".utf8))
    var read: [UInt8] = []
    try Deadline.wait(until: "the later code") {
      read += port.read() ?? []
      return read.count >= 5
    }
    #expect(String(decoding: read, as: UTF8.self) == "LATE\r")
  }

  @Test("a device that goes is told from one that is silent")
  func vanishing() throws {
    var terminal: PseudoTerminal? = try PseudoTerminal()
    let port = try SerialPort(terminal!.path, speed: 9600)
    #expect(port.read() == [])
    terminal = nil
    #expect(port.read() == nil)
  }

  @Test("what is no serial line is refused in a sentence, and so is an unknown speed")
  func refusals() throws {
    let folder = try WorkFolder()
    let file = try folder.write("text", to: "file")
    let expected = [
      (
        file, 9600, "cannot use as a serial line \(file): Inappropriate ioctl for device (errno 25)"
      ),
      (folder.path, 9600, "cannot open \(folder.path): Is a directory (errno 21)"),
      (
        "/dev/null", 9600,
        "cannot use as a serial line /dev/null: Inappropriate ioctl for device (errno 25)"
      ),
      (
        "/dev/ptmx", 1200,
        "cannot open /dev/ptmx: 1200 baud is not among [9600, 19200, 38400, 57600, 115200]"
      ),
    ]
    for (path, speed, text) in expected {
      do throws(SystemError) {
        _ = try SerialPort(path, speed: speed)
        Issue.record("\(path) was taken for a serial line")
      } catch {
        #expect(error.description == text)
      }
    }
  }
}
