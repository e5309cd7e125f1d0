// Tests that every message of the contract fits its topic, and how large the largest are.
import StationProtocol
import Testing
import Time

@Suite("The sizes of messages")
struct MessageSizeTests {
  private let gate = StationID("gate-1")!
  private let largest = Int64(9_007_199_254_740_992)
  /// 512 bytes, each of which is written as six.
  private let version = String(repeating: "\u{1}", count: 512)
  private var time: WallTime { WallTime(milliseconds: largest) }

  private func record(_ body: Record.Body) -> Record {
    Record(at: time, isTrusted: false, body: body)
  }

  @Test("the largest records fit the bound of a record, and fill most of it")
  func records() {
    let values = (0..<Measurement.mostValues).map { number in
      MeasuredValue(
        sensor: SensorID(String(repeating: "s", count: 30) + "\(10 + number)")!, quantity: .energy,
        count: MeasuredValue.mostReadings,
        amount: .counter(
          used: Quantity.energy.range.upperBound, last: Quantity.energy.range.upperBound,
          isReset: false))
    }
    let measured = record(
      .climate(.measured(Measurement(seconds: Measurement.longest, values: values))))
    let started = record(.station(.started(boot: largest, after: .newStore, version: version)))
    let sizes = [measured, started].map(\.json.count)
    #expect(sizes.allSatisfy { $0 <= Record.longestJSON }, "\(sizes)")
    #expect((sizes.max() ?? 0) > Record.longestJSON * 3 / 4, "\(sizes)")
  }

  @Test("the largest batch is exactly as large as the bound says")
  func batches() {
    let padding = [UInt8](repeating: 0x20, count: Record.longestJSON - 2)
    let batch = RecordBatch(
      stream: StreamID(bits: .max), first: UInt64(largest),
      records: Array(repeating: [0x7B] + padding + [0x7D], count: RecordBatch.mostRecords))
    #expect(batch.json.count == RecordBatch.longestJSON)
    #expect(Topic.out(gate).largestPayload == RecordBatch.longestJSON)
  }

  @Test("records are cut into batches that the broker takes, also of the largest kept ends")
  func cut() {
    let padding = [UInt8](repeating: 0x20, count: Record.longestJSON - 2)
    let record = [0x7B] + padding + [0x7D]
    let stream = StreamID(bits: .max)
    let first = UInt64(largest) - 1000
    func cut(_ count: Int, isKept: Bool) -> [RecordBatch] {
      RecordBatch.cut(
        stream: stream, first: first, records: Array(repeating: record, count: count),
        isKept: isKept)
    }
    #expect(cut(0, isKept: false).isEmpty)
    for (count, isKept, sizes) in [
      (1, false, [1]), (64, false, [64]), (65, false, [64, 1]), (130, false, [64, 64, 2]),
      (63, true, [63]), (64, true, [63, 1]), (128, true, [63, 63, 2]),
    ] {
      let batches = cut(count, isKept: isKept)
      #expect(batches.map(\.records.count) == sizes)
      #expect(
        batches.allSatisfy { $0.json.count <= RecordBatch.longestJSON && $0.isKept == isKept })
      #expect(batches.first?.first == first && batches.last?.last == first + UInt64(count) - 1)
      for (one, next) in zip(batches, batches.dropFirst()) { #expect(one.last + 1 == next.first) }
    }
    // Small ones are as many as a batch may have, kept or not.
    let small = Array(repeating: Array("{}".utf8), count: 64)
    #expect(
      RecordBatch.cut(stream: stream, first: 1, records: small, isKept: true).map(\.records.count)
        == [64])
  }

  @Test("no topic takes more than the largest batch, so that the broker's one limit is this one")
  func topics() {
    for topic in Topic.said(by: gate) + Topic.heard(by: gate) {
      #expect(topic.largestPayload <= RecordBatch.longestJSON, "\(topic.path)")
    }
  }

  @Test("the largest answers, sealed, fit their topics")
  func answers() throws {
    let digest = PayloadDigest(high: .max, low: .max)
    let most = Acknowledgement.mostBatches
    let ack = Acknowledgement(
      stream: StreamID(bits: .max), upto: UInt64(largest), conflict: UInt64(largest),
      kept: UInt64(largest), batches: Array(repeating: digest, count: most))
    let reply = StationReply(
      try #require(RequestID(String(repeating: "a", count: RequestID.longest))), to: digest,
      .refused(.unsupportedAlgorithm, balance: largest))
    let signature = try #require(Signature(Array(repeating: 0xFF, count: Signature.length)))
    for (topic, body) in [(Topic.ack(gate), ack.json), (.reply(gate), reply.json)] {
      let sealed = SealedMessage(
        body: SealedBody(body), key: ServiceKeyID(bits: .max), signature: signature)
      #expect(sealed.json.count <= topic.largestPayload, "\(topic.path)")
    }
  }

  @Test("the largest state of each part and the largest birth fit their topics")
  func states() {
    let session = SessionID(stream: StreamID(bits: .max), boot: largest, connection: largest)
    let birth = BirthPayload(
      session: session, version: version, accessPoints: AccessPointID.all,
      floor: UInt64(largest), ceiling: UInt64(largest), isClockTrusted: false,
      zone: ZoneName(String(repeating: "Z", count: ZoneName.longest)),
      issuers: (0..<IssuerStanding.most).map { number in
        let name = String(repeating: "i", count: IssuerStanding.longestName - 2) + "\(10 + number)"
        return IssuerStanding(name: name, key: .max)
      }, at: time)
    #expect(birth.json.count <= Topic.birth(gate).largestPayload)
    let readings = Quantity.allCases.sorted().map {
      SensorsPayload.Reading(quantity: $0, value: $0.range.lowerBound, at: time)
    }
    let sensors = (0..<SensorID.most).map { number in
      SensorsPayload.Sensor(
        sensor: SensorID(String(repeating: "s", count: 31) + "\(number)")!, isThere: false,
        refused: largest, readings: readings)
    }
    let climate = SensorsPayload(seq: UInt64(largest), sensors: sensors, at: time)
    #expect(climate.json.count <= Topic.state(gate, .climate).largestPayload)
    let alarms = AlarmsPayload(
      seq: UInt64(largest),
      active: Array(
        repeating: ActiveAlarm(
          alarm: Alarm.allCases.max { $0.rawValue.count < $1.rawValue.count }!,
          accessPoint: AccessPointID(4), since: time), count: AlarmsPayload.most), at: time)
    #expect(alarms.json.count <= Topic.state(gate, .alarms).largestPayload)
    let codes = (0..<CodesPayload.most).map { number in
      SetCode(
        AccessPointID(1 + number / TypedCode.most)!,
        TypedCodeID(String(repeating: "c", count: 29) + "\(100 + number)")!,
        left: TypedCode.uses.upperBound, until: time)
    }
    let pools = CodesPayload(seq: UInt64(largest), codes: codes, at: time)
    #expect(pools.json.count <= Topic.state(gate, .codes).largestPayload)
    #expect((try? CodesPayload(json: pools.json)) == pools)
    let slots = (1...SlotID.most).map { number in
      VendingPayload.Slot(
        slot: SlotID(number)!, article: ArticleID(String(repeating: "a", count: 32))!,
        price: Points(Points.most)!, capacity: VendingPayload.deepest,
        stock: VendingPayload.deepest, bestBefore: 99_991_231,
        quarantine: .fault(.dropSensorFaulty))
    }
    let vending = VendingPayload(
      seq: UInt64(largest), stop: .unsupportedAlgorithm,
      exchange: ExchangeID(stream: StreamID(bits: .max), seq: UInt64(largest)), slots: slots,
      at: time)
    #expect(vending.json.count <= Topic.state(gate, .vending).largestPayload)
  }
}
