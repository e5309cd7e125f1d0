// A card reader and keypad that pulls two lines of a simulated chip, as slowly as this needs.
import GPIO
import Linux
import TestBed

/// Sends frames from an event loop, one pulse at a time.
final class WiegandHand {
  /// From pulse to pulse. Readers take 0.2 to 20 ms; here a pulse is two writes to a file, and the
  /// kernel takes two edges for one where its own thread did not run in between.
  static let pause: Duration = .milliseconds(30)
  /// Silence that ends a frame; 40 ms on a real machine.
  static let gap: Duration = .seconds(1)

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
  /// - Parameter taken: how many pulses the reader has taken, where that can be asked: then the next
  ///   one follows as soon as the one before has been.
  func send(_ bits: [Bool], on loop: EventLoop, taken: (() -> Int)? = nil) throws {
    let before = taken?() ?? 0
    for (index, bit) in bits.enumerated() {
      try pulse(bit)
      if let taken {
        try loop.serve(until: "a pulse") { taken() > before + index }
      } else {
        try rest(Self.pause, on: loop)
      }
    }
    try rest(Self.gap + .milliseconds(300), on: loop)
  }

  func rest(_ duration: Duration, on loop: EventLoop) throws {
    var isOver = false
    loop.schedule(after: duration) { isOver = true }
    try loop.serve(until: "a rest") { isOver }
  }
}
