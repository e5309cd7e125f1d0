// A QR symbol as a square of dark and light modules, made by libqrencode.

import CQRencode

/// Why a text becomes no symbol.
package enum QRError: Error, Equatable, Sendable, CustomStringConvertible {
  case empty
  /// More than the largest symbol holds at this error correction.
  case tooLong(bytes: Int)
  /// libpng or libqrencode failed for a reason of their own, such as a lack of memory.
  case library(String)

  package var description: String {
    switch self {
    case .empty: "there is no text to draw"
    case .tooLong(let bytes): "\(bytes) bytes are more than a QR symbol holds"
    case .library(let reason): reason
    }
  }
}

/// One symbol (ISO/IEC 18004) with error correction M, which survives 15 % of damage: enough for
/// a cracked phone, and small enough for a cheap scanner.
package struct QRSymbol: Equatable, Sendable {
  /// Light modules around the symbol, without which scanners do not find it.
  package static let quietZone = 4
  private static let alphanumeric = Set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".utf8)
  private static let mostBytes = 3391

  /// Modules along one side, without the quiet zone: 21...177.
  package let side: Int
  /// Row after row, true where dark.
  private let modules: [Bool]

  /// Text of the alphanumeric set, such as base45, takes 5.5 bits a character; any other text is
  /// stored as its UTF-8 bytes.
  package init(text: String) throws(QRError) {
    let bytes = Array(text.utf8)
    guard !bytes.isEmpty else { throw .empty }
    guard bytes.count <= Self.mostBytes else { throw .tooLong(bytes: bytes.count) }
    guard let input = QRinput_new2(0, QR_ECLEVEL_M) else {
      throw .library("libqrencode: no memory")
    }
    defer { QRinput_free(input) }
    let mode = bytes.allSatisfy(Self.alphanumeric.contains) ? QR_MODE_AN : QR_MODE_8
    guard QRinput_append(input, mode, Int32(bytes.count), bytes) == 0 else {
      throw .library("libqrencode does not take the text")
    }
    guard let code = QRcode_encodeInput(input) else { throw .tooLong(bytes: bytes.count) }
    defer { QRcode_free(code) }
    side = Int(code.pointee.width)
    // Bit 0 of each byte is the module; the others say what part of the symbol it belongs to.
    modules = UnsafeBufferPointer(start: code.pointee.data, count: side * side)
      .map { $0 & 1 == 1 }
  }

  /// Whether a module is dark. Columns and rows count from the upper left corner of the symbol;
  /// those outside are its quiet zone.
  package func isDark(column: Int, row: Int) -> Bool {
    guard (0..<side).contains(column), (0..<side).contains(row) else { return false }
    return modules[row * side + column]
  }

  /// The columns or rows of the symbol with its quiet zone.
  var extent: Range<Int> { -Self.quietZone..<side + Self.quietZone }
}
