// A card reader and keypad that pulls two lines of a simulated chip, as slowly as this needs.
import GPIO
import Linux
import StationProtocol
import TestBed

/// Sends frames from an event loop, one pulse at a time.
final class WiegandHand {
  /// From pulse to pulse. Readers take 0.2 to 20 ms; here a pulse takes two writes to a file.
  static let pause: Duration = .milliseconds(10)
  /// Silence that ends a frame; 40 ms on a real machine.
  static let gap: Duration = .milliseconds(250)

  private let sim: GPIOSim
  /// DATA0 and DATA1.
  private let lines: [Int]

  /// Both lines idle high.
  init(_ sim: GPIOSim, data0: Int, data1: Int) throws {
    self.sim = sim
    lines = [data0, data1]
    for line in lines { try sim.pull(line, up: true) }
  }

  func pulse(_ bit: Bool) throws {
    try sim.pull(lines[bit ? 1 : 0], up: false)
    try sim.pull(lines[bit ? 1 : 0], up: true)
  }

  /// Sends a frame, and then is silent for long enough.
  func send(_ bits: [Bool], on loop: EventLoop) throws {
    for bit in bits {
      try pulse(bit)
      try rest(Self.pause, on: loop)
    }
    try rest(Self.gap * 2, on: loop)
  }

  func rest(_ duration: Duration, on loop: EventLoop) throws {
    var isOver = false
    loop.schedule(after: duration) { isOver = true }
    try loop.serve(until: "a rest") { isOver }
  }
}
