// A scanner that types random codes on a keyboard of the kernel's, a few keys at a time.
import Linux
import TestBed
import Time
import Twins

@testable import StationShell

/// What was shown to one scanner, and what the daemon's reader made of it.
final class ScannerHand {
  /// Reports that are typed at once. The kernel keeps 64 events of a keyboard, two for a report,
  /// and drops the rest where nobody reads them.
  private static let atOnce = 24
  /// Between two such handfuls: 6,000 reports a second. A scanner sends 1,000 (USB 2.0 5.7.4), and
  /// the reader refuses to hear more than 10,000; a fast machine types those without a pause.
  private static let rest: Duration = .milliseconds(4)

  let keyboard: VirtualKeyboard
  let reader: KeyboardScanner
  private(set) var shown: [[UInt8]] = []
  private(set) var read: [ScanFraming.Frame] = []
  private(set) var connections: [String] = []
  private(set) var characters = 0
  /// The first code that was read otherwise than it was shown, or that nobody showed: which, as it
  /// was shown, as it was read.
  private(set) var firstWrong: String?
  private var typist: Typist
  private var waiting: [InputEvent] = []
  /// As long as a member code is at most; one of a hundred is.
  private static let longest = 300
  /// Whether the code under way has no end, so that the next one has to wait until it was read.
  private var rests = false
  private var mayTypeAt = Clock.now

  init(_ loop: EventLoop, product: UInt16, seed: UInt64, gap: Duration) throws {
    keyboard = try VirtualKeyboard(
      name: "Test scanner \(product)", vendor: 0x1EAB, product: product, port: "test-\(product)")
    typist = Typist(seed: seed)
    reader = KeyboardScanner(
      loop: loop, search: .usb(vendor: 0x1EAB, product: product, port: nil),
      framing: ScanFraming(idleGap: gap))
    reader.onFrame = { [unowned self] in take($0) }
    reader.onConnection = { [unowned self] in connections.append("\($0) \($1)") }
    reader.start()
  }

  /// Codes that were read otherwise than they were shown, that were not, and that nobody showed.
  var wrong: Int { zip(shown, read).count { .code($0) != $1 } }
  var missing: Int { max(0, shown.count - read.count) }
  var extra: Int { max(0, read.count - shown.count) }

  private func take(_ frame: ScanFraming.Frame) {
    let index = read.count
    read.append(frame)
    guard firstWrong == nil else { return }
    let code = index < shown.count ? shown[index] : []
    guard frame != .code(code) else { return }
    firstWrong = "\(index): \(String(decoding: code, as: UTF8.self)) \(frame)"
  }

  /// Types some keys.
  /// - Parameters:
  ///   - most: codes in all.
  ///   - resting: every so many codes have no end but silence.
  /// - Returns: whether all were typed.
  func work(codes most: Int, of lengths: ClosedRange<Int>, resting: Int) throws -> Bool {
    if waiting.isEmpty {
      if rests, read.count < shown.count { return false }
      guard shown.count < most else { return true }
      let isLong = (shown.count + 1).isMultiple(of: 100)
      let code = typist.code(isLong ? Self.longest...Self.longest : lengths)
      shown.append(code)
      characters += code.count
      waiting = code.flatMap { typist.keys(for: $0) }
      rests = shown.count.isMultiple(of: resting)
      if !rests { waiting += typist.end() }
    }
    guard Clock.now >= mayTypeAt else { return false }
    mayTypeAt = Clock.now + Self.rest
    var reports = 0
    let end = waiting.firstIndex {
      if case .reportEnds = $0 { reports += 1 }
      return reports == Self.atOnce
    }
    let count = end.map { $0 + 1 } ?? waiting.count
    try keyboard.type(waiting.prefix(count))
    waiting.removeFirst(count)
    return false
  }
}
