// The local socket of the simulated board, and the bytes that its page sends.
import BoardLink
import GPIO
import Glibc
import Linux
import MemberCode
import SimulatedBoard

extension Probe {
  static let board = [boardLines, base64]

  /// The first byte says into how many bytes the rest is cut on its way, into 64 pieces at most.
  private static let boardLines = Probe("board-lines", longest: 1200, words: Words.board) {
    (bytes) throws(Violation) in
    guard let first = bytes.first else { return }
    let stream = Array(bytes.dropFirst())
    guard let lines = try sent(stream, portion: max(Int(first) + 1, stream.count / 64 + 1)) else {
      let longest = stream.split(separator: 0x0A).map(\.count).max() ?? 0
      return try expect(longest > LocalConnection.longestLine, "only a long line ends a connection")
    }
    let whole = stream.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
    try expectEqual(
      lines, whole.map { String(decoding: $0, as: UTF8.self) }, "every line arrives as it was sent")
    for line in lines {
      let isSame = { (other: String?) in other.map { $0.utf8.elementsEqual(line.utf8) } ?? true }
      try expect(isSame(BoardReport(line: line)?.line), "a report has one line: \(line)")
      try expect(isSame(BoardOrder(line: line)?.line), "an order has one line: \(line)")
    }
  }

  /// - Returns: the lines at the other end; nil where it breaks off.
  private static func sent(_ stream: [UInt8], portion: Int) throws(Violation) -> [String]? {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw Violation("no socket is left") }
    defer { close(ends[0]) }
    let connection = LocalConnection(descriptor: ends[1])
    var lines: [String] = []
    for start in stride(from: 0, to: stream.count, by: portion) {
      let piece = Array(stream[start..<min(start + portion, stream.count)])
      guard write(ends[0], piece, piece.count) == piece.count else {
        throw Violation("the socket takes no \(piece.count) bytes")
      }
      guard let more = connection.lines() else { return nil }
      lines += more
    }
    return lines
  }

  private static let base64 = Probe("base64", longest: 256) { (bytes) throws(Violation) in
    let text = Base64.encode(bytes)
    try expect(Base64.decode(text.utf8) == bytes, "bytes come back from base64")
    let given = String(decoding: bytes, as: UTF8.self)
    guard let decoded = Base64.decode(given.utf8) else { return }
    try expect(Base64.encode(decoded) == given, "base64 has one text for any bytes")
  }
}
