// Where figures go: a line of JSON each to a file, and a table on the screen.
import Glibc
import Linux
import Time

/// The report of one run.
final class Report {
  private let path: String
  private let descriptor: Int32
  private let start = Clock.now
  /// The figures whose bounds do not hold.
  private(set) var broken: [Figure] = []

  private static let widths = [34, 14, 44, 9, 11]

  /// Begins the file anew and says what machine this is.
  init(path: String) throws(SystemError) {
    self.path = path
    descriptor = creat(path, 0o644)
    guard descriptor >= 0 else { throw SystemError("create", path: path) }
    var loads = [0.0, 0.0, 0.0]
    getloadavg(&loads, 3)
    Output.write(
      "\(sysconf(Int32(_SC_NPROCESSORS_ONLN))) processors, load average "
        + loads.map(Figure.text).joined(separator: " ") + "\n\n"
        + Self.row(["figure", "value", "beside", "ratio", "bound", "holds"]))
  }

  deinit { close(descriptor) }

  func begin(_ part: Part) { Output.write("\n\(part.name): \(part.what)\n") }

  func end(_ part: Part, after duration: Duration) {
    Output.write("  (\(part.name) took \(Figure.text(duration.seconds)) s)\n")
  }

  /// A line for the person who waits; it is no part of the figures.
  func note(_ text: String) { Output.write("  \(text)\n") }

  func add(_ figure: Figure) throws(SystemError) {
    let line = figure.json + [UInt8(ascii: "\n")]
    guard write(descriptor, line, line.count) == line.count else {
      throw SystemError("write", path: path)
    }
    if figure.holds == false { broken.append(figure) }
    let bound =
      switch figure.bound {
      case .atMost(let limit): "<= \(Figure.text(limit))"
      case .atLeast(let limit): ">= \(Figure.text(limit))"
      case nil: ""
      }
    Output.write(
      Self.row([
        "  \(figure.name)", "\(Figure.text(figure.value)) \(figure.unit)",
        figure.reference.map { "\(Figure.text($0.value)) \($0.name)" } ?? "",
        figure.ratio.map { "\(Figure.text($0)) x" } ?? "", bound,
        figure.holds.map { $0 ? "yes" : "NO" } ?? "",
      ]))
  }

  /// Says what does not hold.
  func conclude() throws(SystemError) {
    guard fdatasync(descriptor) == 0 else { throw SystemError("flush", path: path) }
    Output.write("\n\(Figure.text((Clock.now - start).seconds)) s; figures in \(path)\n")
    if broken.isEmpty {
      Output.write("every bound holds\n")
    } else {
      Output.write("NOT held: \(broken.map(\.name).joined(separator: ", "))\n")
    }
  }

  private static func row(_ cells: [String]) -> String {
    var line = ""
    for (cell, width) in zip(cells, widths + [0]) { line += padded(cell, width) }
    while line.last == " " { line.removeLast() }
    return line + "\n"
  }

  /// - Returns: the text with spaces up to the width, and one at least.
  static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: width == 0 ? 0 : max(1, width - text.count))
  }
}

extension Duration {
  var seconds: Double { Double(wholeNanoseconds) / 1e9 }
}
