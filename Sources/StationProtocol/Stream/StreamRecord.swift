// What records say of the stream that they stand in.

/// Records of this stream are missing, or one can no longer be read.
package enum StreamRecord: RecordFamily {
  /// Records that will never come: sequence numbers `from` to `to` of this stream.
  case gap(from: UInt64, to: UInt64, reason: GapReason)
  /// A row of the store that could no longer be read; it keeps its sequence number.
  case unreadable

  package enum Kind: String, CaseIterable, Sendable {
    case gap
    case unreadable
  }

  package var kind: Kind {
    switch self {
    case .gap: .gap
    case .unreadable: .unreadable
    }
  }

  package static func described<Coder: MemberCoder>(
    _ kind: Kind, _ record: StreamRecord?, by coder: inout Coder
  ) throws(Coder.Failure) -> StreamRecord {
    switch kind {
    case .gap:
      let old = record.flatMap {
        if case .gap(let from, let to, let reason) = $0 {
          (from: from, to: to, reason: reason)
        } else {
          nil
        }
      }
      let from = try coder.number("from", old?.from, 1...(.max))
      let to = try coder.number("to", old?.to)
      try coder.demand(to >= from, of: "to")
      return .gap(from: from, to: to, reason: try coder.member("reason", old?.reason))
    case .unreadable: return .unreadable
    }
  }
}

extension GapReason: MemberWord {}
