// How large a message of each topic may be: what the contract allows, and nothing beyond.

extension Record {
  /// Bytes of the largest record that the contract allows, rounded up to a whole KiB. The largest
  /// are `measured` with 24 values of the longest names, and `started` with a version of 512 bytes
  /// that are all escaped. A test writes the largest of each kind and compares.
  package static let longestJSON = 4096
}

extension RecordBatch {
  /// What surrounds the records of a batch: `{"stream":"0123456789abcdef","first":` with 16
  /// digits, `,"records":[` and the two brackets at the end.
  static let longestEnvelope = 67
  /// What a batch of kept ends has beside it: `,"kept":true`.
  static let keptMark = 12
  /// Bytes of the largest batch: every record of the largest size, with a comma before all but the
  /// first. The broker's `message_size_limit` is this number; of the largest kept ends, a batch has
  /// one fewer.
  package static let longestJSON =
    longestEnvelope + mostRecords * Record.longestJSON + (mostRecords - 1)
}

extension Topic {
  /// The most bytes that a payload may have. Each is the largest that the contract allows, with
  /// room for names that grow; what is larger is refused before it is read.
  package var largestPayload: Int {
    switch self {
    case .status, .ack, .serviceStatus: 1024
    // A version is 512 bytes, each of which may be escaped; then there are 64 issuers.
    case .birth: 16_384
    case .state(_, let part): part.largestPayload
    case .out: RecordBatch.longestJSON
    case .request, .reply, .sample, .command, .commandResult: 4096
    case .desiredConfiguration: 131_072
    case .reportedConfiguration: 16_384
    // Two PEM texts of 4096 characters, of which line feeds are escaped.
    case .identity, .identityReply: 16_384
    }
  }
}

extension StatePart {
  /// The most bytes of the whole state of this part.
  package var largestPayload: Int {
    switch self {
    case .door, .occupancy: 1024
    // 8 sensors, which have 24 readings together.
    case .climate, .energy: 8192
    // 80 slots.
    case .vending: 32_768
    // 64 typed codes at each of 4 access points.
    case .codes: 32_768
    // 128 alarms.
    case .alarms: 16_384
    }
  }
}
