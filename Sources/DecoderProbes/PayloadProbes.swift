// Records and the other messages between station and service.
import JSON
import ManagementShell
import MemberCode
import StationProtocol

extension Probe {
  static let payloads = [record, batch, payload, order, serviceInbox]

  private static let record = Probe("record", longest: 2048, words: Words.records) {
    (bytes) throws(Violation) in
    try checkRoundTrip(
      bytes, { (json) throws(JSONError) in try Record(json: json) }, \.json)
  }

  private static let batch = Probe("batch", longest: 4096, words: Words.records) {
    (bytes) throws(Violation) in
    try checkRoundTrip(
      bytes, { (json) throws(JSONError) in try RecordBatch(json: json) }, \.json)
    guard let batch = try? RecordBatch(json: bytes) else { return }
    try expect(
      (1...RecordBatch.mostRecords).contains(batch.records.count), "a batch has 1 to 64 records")
    let ack = Acknowledgement(
      stream: batch.stream, upto: batch.last, batches: [PayloadDigest(of: bytes)])
    try expect(
      (try? Acknowledgement(json: ack.json)) == ack, "what came can be acknowledged: \(batch.last)")
    for json in batch.records {
      try expect(JSONSyntax(json) != nil, "a record in a batch is JSON")
      try checkRoundTrip(
        json, { (json) throws(JSONError) in try Record(json: json) }, \.json)
    }
  }

  /// The other payloads.
  private static let payload = Probe("payload", longest: 2048, words: Words.payloads) {
    (bytes) throws(Violation) in
    func check<Payload: Equatable>(
      _ decode: ([UInt8]) throws(JSONError) -> Payload, _ encode: (Payload) -> [UInt8]
    ) throws(Violation) {
      try checkRoundTrip(bytes, decode, encode)
    }
    try check({ (json) throws(JSONError) in try Acknowledgement(json: json) }, \.json)
    try check({ (json) throws(JSONError) in try StationRequest(json: json) }, \.json)
    try check({ (json) throws(JSONError) in try StationReply(json: json) }, \.json)
    try check({ (json) throws(JSONError) in try IdentityStatement(json: json) }, \.json)
    try check({ (json) throws(JSONError) in try IdentityReply(json: json) }, \.json)
    try check({ (json) throws(JSONError) in try StatusPayload(json: json) }, \.json)
    try check({ (json) throws(JSONError) in try BirthPayload(json: json) }, \.json)
    try check({ (json) throws(JSONError) in try DoorPayload(json: json) }, \.json)
    try check({ (json) throws(JSONError) in try OccupancyPayload(json: json) }, \.json)
    try check({ (json) throws(JSONError) in try SensorsPayload(json: json) }, \.json)
    try check({ (json) throws(JSONError) in try AlarmsPayload(json: json) }, \.json)
    try check({ (json) throws(JSONError) in try CodesPayload(json: json) }, \.json)
    try check({ (json) throws(JSONError) in try ServiceStatusPayload(json: json) }, \.json)
  }

  /// Commands, desired configurations and answers, sealed or bare, and a station's results and
  /// reports.
  private static let order = Probe("order", longest: 2048, words: Words.orders) {
    (bytes) throws(Violation) in
    func check<Payload: Equatable>(
      _ decode: ([UInt8]) throws(JSONError) -> Payload, _ encode: (Payload) -> [UInt8]
    ) throws(Violation) {
      try checkRoundTrip(bytes, decode, encode)
    }
    try check({ (json) throws(JSONError) in try Command(json: json) }, \.json)
    try check({ (json) throws(JSONError) in try DesiredConfiguration(json: json) }, \.json)
    try check({ (json) throws(JSONError) in try CommandResult(json: json) }, \.json)
    try check({ (json) throws(JSONError) in try ReportedConfiguration(json: json) }, \.json)
    try check({ (json) throws(JSONError) in try CommandBody(json: json) }, \.json)
    try check({ (json) throws(JSONError) in try SealedMessage(json: json) }, \.json)
    guard let sealed = try? SealedMessage(json: bytes) else { return }
    // Whatever stands in it, nobody has signed it.
    for topic in stationTopics {
      try expect(!serviceKeys.signed(sealed, on: topic), "no key has signed what was made up")
    }
    let body = sealed.body.json
    try checkRoundTrip(body, { (json) throws(JSONError) in try Command(json: json) }, \.json)
    try checkRoundTrip(
      body, { (json) throws(JSONError) in try Acknowledgement(json: json) }, \.json)
    try checkRoundTrip(body, { (json) throws(JSONError) in try StationReply(json: json) }, \.json)
  }

  private static let serviceKeys = ServiceKeySet([SigningKey.generate().verificationKey])
  private static let stationTopics: [Topic] =
    StationID("s-1").map { [.command($0), .desiredConfiguration($0), .ack($0), .reply($0)] } ?? []

  /// A decoded value must be encoded in one way, which decodes to the same value.
  /// - Returns: whether the bytes could be decoded.
  @discardableResult
  private static func checkRoundTrip<Value: Equatable>(
    _ bytes: [UInt8], _ decode: ([UInt8]) throws(JSONError) -> Value, _ encode: (Value) -> [UInt8]
  ) throws(Violation) -> Bool {
    let value: Value
    do throws(JSONError) {
      value = try decode(bytes)
    } catch {
      try check(error, bytes)
      return false
    }
    try expect(JSONSyntax(bytes) != nil, "what is decoded is JSON")
    let json = encode(value)
    try expect(JSONSyntax(json) != nil, "what is encoded is JSON")
    let again: Value
    do throws(JSONError) {
      again = try decode(json)
    } catch {
      throw Violation("\(value) cannot be read back: \(error)")
    }
    try expectEqual(again, value, "a value that is encoded comes back")
    try expectEqual(encode(again), json, "a value has one encoding")
    return true
  }
}
