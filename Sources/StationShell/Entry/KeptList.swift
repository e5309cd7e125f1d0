// The last good state of a list, kept in the station's own folder for a start without the list.
import Linux
import MemberCode

/// A file beside the store. A check sum stands before its content: what a spoilt card gives back
/// is not taken for a list.
struct KeptList: Sendable {
  let path: String
  /// The longest content.
  let limit: Int

  private static let title = "worker-station list "

  /// - Returns: nil where nothing was kept yet.
  func read() throws(SystemError) -> [UInt8]? {
    guard Files.exists(path) else { return nil }
    let bytes = try Files.read(path, limit: limit + 128)
    let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
    let content = Array(bytes.dropFirst(line.count + 1))
    guard Array(line) == Self.head(content) else {
      throw SystemError(
        "read", path: path, detail: "its check sum is wrong, so it counts for nothing")
    }
    return content
  }

  /// Lists say who may come in, and hold hashes of PINs: nobody else reads the file.
  func write(_ content: [UInt8]) throws(SystemError) {
    try Files.write(Self.head(content) + [UInt8(ascii: "\n")] + content, to: path, mode: 0o600)
  }

  private static func head(_ content: [UInt8]) -> [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    let sum = SHA256.digest(content).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return Array(title.utf8) + sum
  }
}
