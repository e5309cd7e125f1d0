// A question for registers and its answer, as Modbus RTU writes them on a line that adds bytes.

/// What a master asks: function 3 or 4 (Modbus over Serial Line 1.02, section 2.5.1).
package struct RegisterQuestion: Equatable, Sendable {
  package let unit: UInt8
  package let function: UInt8
  package let address: UInt16
  /// 1 to 125.
  package let count: Int

  package init(unit: UInt8, function: UInt8, address: UInt16, count: Int) {
    precondition((1...125).contains(count), "an answer holds 1 to 125 registers")
    self.unit = unit
    self.function = function
    self.address = address
    self.count = count
  }

  package var bytes: [UInt8] {
    var frame: [UInt8] = [unit, function]
    frame += [UInt8(address >> 8), UInt8(address & 0xFF), 0, UInt8(count)]
    return frame + Self.sum(frame)
  }

  /// The CRC-16 of Modbus, its low byte first.
  package static func sum(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var sum: UInt16 = 0xFFFF
    for byte in bytes {
      sum ^= UInt16(byte)
      for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0xA001 }
    }
    return [UInt8(sum & 0xFF), UInt8(sum >> 8)]
  }
}

/// Finds the answer among the bytes that come after a question. Cheap adapters for RS-485 hand back
/// what was sent, and many add a zero when they switch between sending and receiving; a line without
/// rest bias adds what it likes. A frame counts at whatever byte it begins: unit, function and length
/// fit the question, and its check sum is right.
package struct RegisterAnswer: Equatable, Sendable {
  package enum Content: Hashable, Sendable {
    case registers([UInt16])
    /// The device says why it will not.
    case exception(UInt8)
  }

  private static let mostBytes = 1024
  private static let exceptionLength = 5

  private let question: RegisterQuestion
  private var bytes: [UInt8] = []
  private var hasEcho = false

  package init(to question: RegisterQuestion) { self.question = question }

  /// Takes bytes as they came.
  /// - Returns: the answer, once it is whole.
  package mutating func receive(_ chunk: some Sequence<UInt8>) -> Content? {
    bytes += chunk
    dropEcho()
    for start in bytes.indices {
      if let content = content(at: start) { return content }
    }
    if bytes.count > Self.mostBytes { bytes.removeFirst(bytes.count - Self.mostBytes) }
    return nil
  }

  /// Whether something has come that is neither the question nor the beginning of an answer.
  package var isNoise: Bool {
    let rest = bytes.drop { $0 == 0 }
    return !rest.isEmpty && !isBeginning(rest)
  }

  /// The question as it comes back, once: behind it stands the answer.
  private mutating func dropEcho() {
    guard !hasEcho else { return }
    let echo = question.bytes
    let start = bytes.drop { $0 == 0 && $0 != echo[0] }.startIndex
    guard bytes[start...].starts(with: echo) else { return }
    bytes.removeFirst(start + echo.count)
    hasEcho = true
  }

  private func content(at start: Int) -> Content? {
    let rest = bytes[start...]
    guard rest.count >= Self.exceptionLength, rest[start] == question.unit else { return nil }
    if rest[start + 1] == question.function | 0x80 {
      return isSound(rest.prefix(Self.exceptionLength)) ? .exception(rest[start + 2]) : nil
    }
    let length = 2 * question.count
    guard rest[start + 1] == question.function, Int(rest[start + 2]) == length,
      rest.count >= length + Self.exceptionLength,
      isSound(rest.prefix(length + Self.exceptionLength))
    else { return nil }
    return .registers(
      (0..<question.count).map { index in
        UInt16(rest[start + 3 + 2 * index]) << 8 | UInt16(rest[start + 4 + 2 * index])
      })
  }

  private func isSound(_ frame: ArraySlice<UInt8>) -> Bool {
    RegisterQuestion.sum(frame.dropLast(2)).elementsEqual(frame.suffix(2))
  }

  private func isBeginning(_ rest: ArraySlice<UInt8>) -> Bool {
    let length = 2 * question.count
    let heads: [[UInt8]] = [
      [question.unit, question.function, UInt8(truncatingIfNeeded: length)],
      [question.unit, question.function | 0x80],
    ]
    guard
      let head = heads.first(where: {
        $0.starts(with: rest.prefix($0.count)) || rest.starts(with: $0)
      })
    else { return question.bytes.starts(with: rest) }
    let whole = head == heads[0] ? length + Self.exceptionLength : Self.exceptionLength
    return rest.count < whole
  }
}
