// Cuts the stream of a people counter into its frames, and believes those whose sum is right.

/// The binary output of a TeraRanger Evo People Counter on its serial line, as its manual gives it
/// (section 5.5): `DD`, two distances of two bytes, a CRC; and after each person `PC`, a sensor's
/// number and the difference of four bytes each, the counts from left to right and from right to
/// left of two bytes each, a CRC. The CRC-8 has the polynomial x⁸+x²+x+1 and begins with 0; the
/// manual's own commands agree with it. Numbers are taken to come with their high byte first, as
/// all distances of that family do.
package struct CounterFrames: Equatable, Sendable {
  package enum Frame: Equatable, Sendable {
    /// Distances: the device is alive.
    case alive
    case totals(leftToRight: Int64, rightToLeft: Int64)
  }

  /// Sets all counts to zero. The device answers with them, so that counting begins at once and
  /// not with the first person.
  package static let reset: [UInt8] = [0x00, 0x55, 0x08, 0x00, 0x00, 0x00, 0x00, 0x7C]

  private static let distances = Array("DD".utf8)
  private static let counts = Array("PC".utf8)

  /// Never longer than the longest frame.
  private var bytes: [UInt8] = []

  package init() {}

  /// Takes bytes as they came from the line. What is no frame is passed over.
  package mutating func receive(_ chunk: some Sequence<UInt8>) -> [Frame] {
    var frames: [Frame] = []
    for byte in chunk {
      bytes.append(byte)
      // A false start may hide a true one among its bytes, so that only one byte is given up.
      while !bytes.isEmpty, !isPromising { bytes.removeFirst() }
      guard let length, bytes.count == length else { continue }
      if Self.crc(bytes) == 0 {
        frames.append(frame)
        bytes = []
      } else {
        repeat { bytes.removeFirst() } while !bytes.isEmpty && !isPromising
      }
    }
    return frames
  }

  /// Whether a frame may begin like this.
  private var isPromising: Bool {
    Self.distances.starts(with: bytes.prefix(2)) || Self.counts.starts(with: bytes.prefix(2))
  }

  private var length: Int? {
    switch Array(bytes.prefix(2)) {
    case Self.distances: 7
    case Self.counts: 15
    default: nil
    }
  }

  private var frame: Frame {
    guard bytes.count == 15 else { return .alive }
    func number(_ place: Int) -> Int64 { Int64(bytes[place]) << 8 | Int64(bytes[place + 1]) }
    return .totals(leftToRight: number(10), rightToLeft: number(12))
  }

  /// Over a whole frame with its sum the remainder is 0.
  package static func crc(_ bytes: some Sequence<UInt8>) -> UInt8 {
    var remainder: UInt8 = 0
    for byte in bytes {
      remainder ^= byte
      for _ in 0..<8 {
        remainder = remainder & 0x80 == 0 ? remainder << 1 : remainder << 1 ^ 0x07
      }
    }
    return remainder
  }
}
