// The frames of a serial channel board: eight bytes out, eight bytes back, summed by exclusive or.
import StationCore
import StationProtocol

/// An order to a board, in eight bytes: `ED`, the length 8, a serial number, a type, a column,
/// two data bytes that no order uses, and the exclusive or of the seven before.
package struct ChannelOrder: Hashable, Sendable {
  package enum Kind: UInt8, CaseIterable, Sendable {
    /// Turn the column once. With the serial number of the last turn it is a question about it.
    case dispense = 0x70
    /// How does the column stand? Nothing turns.
    case check = 0x72
  }

  package var kind: Kind
  /// 1 to 255 for a turn, 0 for a check.
  package var serial: UInt8
  package var slot: SlotID

  static func dispense(_ slot: SlotID, serial: UInt8) -> ChannelOrder {
    ChannelOrder(kind: .dispense, serial: serial, slot: slot)
  }

  static func check(_ slot: SlotID) -> ChannelOrder {
    ChannelOrder(kind: .check, serial: 0, slot: slot)
  }

  /// The same in the core's words.
  var machineRequest: MachineRequest {
    switch kind {
    case .dispense: .turn(serial)
    case .check: .check
    }
  }

  var bytes: [UInt8] {
    let frame = [0xED, UInt8(ChannelReply.length), serial, kind.rawValue, UInt8(slot.number), 0, 0]
    return frame + [ChannelReply.sum(frame)]
  }
}

/// What a board answers, in eight bytes: `EE`, the status, and then what the order said: serial
/// number, type and column; two data bytes, which are not looked at; the exclusive or.
package struct ChannelReply: Hashable, Sendable {
  package static let length = 8
  package static let head: UInt8 = 0xEE

  package let status: ChannelStatus
  /// The order that it answers.
  package let order: ChannelOrder

  /// Why eight bytes are no answer.
  package enum Fault: Hashable, Sendable, Error {
    case wrongLength(Int)
    case wrongHead(UInt8)
    case wrongSum
    case unknownType(UInt8)
    /// Columns have the numbers 1 to 80.
    case noSuchColumn(UInt8)
  }

  package init(_ bytes: some Collection<UInt8>) throws(Fault) {
    let frame = Array(bytes)
    guard frame.count == Self.length else { throw .wrongLength(frame.count) }
    guard frame[0] == Self.head else { throw .wrongHead(frame[0]) }
    guard Self.sum(frame) == 0 else { throw .wrongSum }
    guard let kind = ChannelOrder.Kind(rawValue: frame[3]) else { throw .unknownType(frame[3]) }
    guard let slot = SlotID(Int(frame[4])) else { throw .noSuchColumn(frame[4]) }
    status = ChannelStatus(rawValue: frame[1])
    order = ChannelOrder(kind: kind, serial: frame[2], slot: slot)
  }

  /// The same in the core's words.
  var report: MachineReport {
    switch order.kind {
    case .dispense: status.ofTurn
    case .check: status.ofCheck
    }
  }

  /// Over a whole frame with its sum it is 0.
  package static func sum(_ bytes: some Sequence<UInt8>) -> UInt8 { bytes.reduce(0, ^) }
}

/// Cuts the stream of a board into its answers. What is none is given up byte by byte, so that a
/// true answer behind a false start is still found.
package struct ChannelReplies: Equatable, Sendable {
  package enum Reading: Hashable, Sendable {
    case reply(ChannelReply)
    /// A run of bytes in which no answer begins, reported once.
    case noise
    /// Eight bytes that begin like an answer and are none.
    case unusable(ChannelReply.Fault)
  }

  /// Shorter than an answer, and begins like one.
  private var bytes: [UInt8] = []
  /// The run of noise was told of already.
  private var isNoise = false

  package init() {}

  /// Whether an answer has begun and not ended.
  package var isAmidst: Bool { !bytes.isEmpty }

  /// Takes bytes as they came from the line.
  package mutating func receive(_ chunk: some Sequence<UInt8>) -> [Reading] {
    var readings: [Reading] = []
    for byte in chunk {
      bytes.append(byte)
      if bytes.count == ChannelReply.length {
        do throws(ChannelReply.Fault) {
          readings.append(.reply(try ChannelReply(bytes)))
          bytes = []
          isNoise = false
        } catch {
          readings.append(.unusable(error))
          bytes.removeFirst()
        }
      }
      while let first = bytes.first, first != ChannelReply.head {
        bytes.removeFirst()
        if !isNoise { readings.append(.noise) }
        isNoise = true
      }
    }
    return readings
  }
}
