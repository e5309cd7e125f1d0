// How records travel: batches with consecutive numbers.
import JSON

/// `out`: records of one stream with consecutive sequence numbers.
package struct RecordBatch: Equatable, Sendable {
  package static let mostRecords = 64

  package var stream: StreamID
  /// The sequence number of the first record; the next ones follow without a hole.
  package var first: UInt64
  /// Each as its own JSON object, so that one that cannot be read does not spoil the others.
  package var records: [[UInt8]]
  /// They were acknowledged once, by a store that came back from a backup since: ends of
  /// exchanges, which the station has kept. They say nothing of what lies before them.
  package var isKept: Bool

  package init(stream: StreamID, first: UInt64, records: [[UInt8]], isKept: Bool = false) {
    precondition((1...Self.mostRecords).contains(records.count), "a batch has 1 to 64 records")
    self.stream = stream
    self.first = first
    self.records = records
    self.isKept = isKept
  }

  /// The sequence number of the last record.
  package var last: UInt64 { first + UInt64(records.count) - 1 }

  /// As many batches as records with consecutive numbers need: none has more than `mostRecords`,
  /// and none is larger than the broker takes. A record is never larger than `Record.longestJSON`.
  package static func cut(
    stream: StreamID, first: UInt64, records: [[UInt8]], isKept: Bool = false
  ) -> [RecordBatch] {
    let envelope = longestEnvelope + (isKept ? keptMark : 0)
    var batches: [RecordBatch] = []
    var some: [[UInt8]] = []
    // With a comma behind each record.
    var size = envelope
    var next = first
    func close() {
      guard !some.isEmpty else { return }
      batches.append(RecordBatch(stream: stream, first: next, records: some, isKept: isKept))
      next += UInt64(some.count)
      (some, size) = ([], envelope)
    }
    for record in records {
      if some.count == mostRecords || size + record.count > longestJSON { close() }
      some.append(record)
      size += record.count + 1
    }
    close()
    return batches
  }

  package var json: [UInt8] {
    var writer = JSONWriter(capacity: 64 + records.reduce(0) { $0 + $1.count + 1 })
    writer.object {
      $0.field("stream", stream)
      $0.field("first", first)
      if isKept { $0.field("kept", true) }
      $0.key("records")
      $0.array(records) { $0.raw($1) }
    }
    return writer.bytes
  }

  /// Reads the envelope; the records are checked for JSON syntax only.
  package init(json: [UInt8]) throws(JSONError) {
    self = try JSONReader.read(json) { (reader) throws(JSONError) in
      var stream: StreamID?
      var first: UInt64?
      var records: [[UInt8]]?
      var kept: Bool?
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "stream": try reader.read(&stream, key, utf8: { StreamID(utf8: $0) })
        case "first":
          try reader.read(&first, key, integer: { $0 >= 1 ? UInt64($0) : nil })
        case "kept":
          try reader.read(&kept, key) { (reader) throws(JSONError) in try reader.bool() }
        case "records":
          try reader.read(&records, key) { (reader) throws(JSONError) in
            var slices: [[UInt8]] = []
            try reader.array(limit: Self.mostRecords) { (reader) throws(JSONError) in
              slices.append(reader.slice(try reader.anything()))
            }
            return slices
          }
        default: _ = try reader.anything()
        }
      }
      let slices = try reader.require(records, "records")
      guard !slices.isEmpty else { throw reader.error(.invalidMember("records")) }
      let batch = RecordBatch(
        stream: try reader.require(stream, "stream"), first: try reader.require(first, "first"),
        records: slices, isKept: kept ?? false)
      // Beyond the largest number of JSON no record could be acknowledged.
      guard batch.last <= UInt64(JSONReader.largest) else {
        throw reader.error(.invalidMember("first"))
      }
      return batch
    }
  }
}
