// One line of a walk file: a word, and named values that must all be there and all be used.
import StationCore
import Time

struct WalkLine {
  let word: String
  private let number: Int
  private var values: [(name: String, text: String)] = []

  init(_ line: Substring, _ number: Int) throws(WalkFileError) {
    let fields = line.split(separator: " ", omittingEmptySubsequences: true)
    word = fields.first.map(String.init) ?? ""
    self.number = number
    for field in fields.dropFirst() {
      let parts = field.split(separator: "=", omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
        throw error("\"\(field)\" is not name=value")
      }
      guard !values.contains(where: { $0.name == parts[0] }) else {
        throw error("\(parts[0]) stands there twice")
      }
      values.append((String(parts[0]), String(parts[1])))
    }
  }

  func error(_ message: String) -> WalkFileError { WalkFileError(line: number, message: message) }

  func has(_ name: String) -> Bool { values.contains { $0.name == name } }

  private mutating func text(_ name: String) -> String? {
    guard let index = values.firstIndex(where: { $0.name == name }) else { return nil }
    return values.remove(at: index).text
  }

  /// A number with up to six decimals, in millionths.
  mutating func number(
    _ name: String, _ range: ClosedRange<Int64>, _ standard: Int64? = nil
  ) throws(WalkFileError) -> Int64 {
    guard let text = text(name) else {
      if let standard { return standard }
      throw error("\(word) needs \(name)")
    }
    let isCount = name == "edges"
    guard let value = isCount ? Int64(text) : Self.millionths(text) else {
      throw error("\(name) takes a number, not \(text)")
    }
    guard range.contains(value) else {
      let ends = [range.lowerBound, range.upperBound].map { isCount ? "\($0)" : Self.text($0) }
      throw error("\(name) takes \(ends[0]) to \(ends[1])")
    }
    return value
  }

  mutating func span(_ from: String, _ until: String) throws(WalkFileError) -> Walker.Span {
    let begin = try number(from, 0...WalkFile.latest)
    let end = try number(until, 0...WalkFile.latest)
    guard begin < end else { throw error("\(until) comes before \(from)") }
    return Walker.Span(from: begin, until: end)
  }

  mutating func beam() throws(WalkFileError) -> Beam {
    guard let beam = text("beam").flatMap(Beam.init(rawValue:)) else {
      throw error("beam takes outer or inner")
    }
    return beam
  }

  mutating func isInward() throws(WalkFileError) -> Bool {
    switch text("going") {
    case "in": return true
    case "out": return false
    default: throw error("going takes in or out")
    }
  }

  mutating func flag(_ name: String, _ standard: Bool? = nil) throws(WalkFileError) -> Bool {
    switch (text(name), standard) {
    case ("yes", _): return true
    case ("no", _): return false
    case (nil, let standard?): return standard
    default: throw error("\(name) takes yes or no")
    }
  }

  func finish() throws(WalkFileError) {
    if let surplus = values.first { throw error("\(word) has no \(surplus.name)") }
  }

  /// At most six digits on either side of the point; no sign, no exponent.
  static func millionths(_ text: String) -> Int64? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let decimals = parts.count == 2 ? String(parts[1]) : ""
    guard parts.count <= 2, let whole = parts.first, (1...6).contains(whole.utf8.count),
      decimals.utf8.count <= 6, parts.count == 1 || !decimals.isEmpty,
      (whole + decimals).utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    let zeros = String(repeating: "0", count: 6 - decimals.utf8.count)
    return Int64(whole + decimals + zeros)
  }

  static func text(_ millionths: Int64) -> String {
    var decimals = String(1_000_000 + millionths % 1_000_000).dropFirst()
    while decimals.last == "0" { decimals.removeLast() }
    return "\(millionths / 1_000_000)" + (decimals.isEmpty ? "" : ".\(decimals)")
  }
}

extension WalkFile {
  /// The file as it is written; what stands at its default is left out.
  var text: String {
    func number(_ value: Int64) -> String { WalkLine.text(value) }
    var lines = ["walks 1", "beams spacing=\(number(spacing)) height=\(number(height))"]
    if let vacancy {
      func seconds(_ time: Duration) -> String { number(time.wholeNanoseconds / 1000) }
      lines.append(
        "room hold=\(seconds(vacancy.hold)) after-exit=\(seconds(vacancy.afterExit)) "
          + "after-cycle=\(seconds(vacancy.afterCycle))")
    }
    if let bounce { lines.append("bounce within=\(number(bounce.within)) edges=\(bounce.edges)") }
    lines += people.map(\.line)
    lines += stuck.map {
      "stuck beam=\($0.beam.rawValue) from=\(number($0.span.from)) until=\(number($0.span.until))"
    }
    lines += doors.map { "door opens=\(number($0.from)) shuts=\(number($0.until))" }
    lines += motion.map { "motion from=\(number($0.from)) until=\(number($0.until))" }
    lines += edges.map {
      "edge at=\(number($0.at)) beam=\($0.beam.rawValue) broken=\($0.isBroken ? "yes" : "no")"
    }
    lines += passed.map {
      "passed going=\($0.isInward ? "in" : "out") from=\(number($0.span.from)) "
        + "until=\(number($0.span.until))"
    }
    if let end { lines.append("end at=\(number(end))") }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension Walker {
  fileprivate var line: String {
    func number(_ value: Int64) -> String { WalkLine.text(value) }
    var text =
      "person at=\(number(at)) going=\(isInward ? "in" : "out") width=\(number(width)) "
      + "speed=\(number(speed))"
    switch path {
    case .straight: break
    case .turns(let front): text += " turns=\(number(front))"
    case .pauses(let front, let duration):
      text += " pauses=\(number(front)) for=\(number(duration))"
    case .hesitates(let front, let back):
      text += " hesitates=\(number(front)) back=\(number(back))"
    }
    if trolley > 0 { text += " trolley=\(number(trolley))" }
    if gap > 0 { text += " gap=\(number(gap))" }
    if tall != 1_700_000 { text += " tall=\(number(tall))" }
    return text + (asks ? "" : " asks=no")
  }
}
