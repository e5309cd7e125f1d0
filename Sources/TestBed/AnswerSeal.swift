// Answers to a station, sealed as the service seals them.
import MemberCode
import StationProtocol

/// A service's key in a test that speaks in the service's place.
package struct AnswerSeal {
  package let key = SigningKey.generate()
  private let station: StationID

  package init(_ station: StationID) { self.station = station }

  /// Acknowledges that what these payloads on `out` brought is stored.
  package func acknowledgement(
    _ upto: UInt64, of stream: StreamID, conflict: UInt64? = nil, naming payloads: [[UInt8]]
  ) -> [UInt8] {
    let ack = Acknowledgement(
      stream: stream, upto: upto, conflict: conflict,
      batches: payloads.suffix(Acknowledgement.mostBatches).map { PayloadDigest(of: $0) })
    return key.seal(ack.json, for: .ack(station)).json
  }

  /// Answers the question of this payload on `req`.
  package func reply(
    _ answer: StationReply.Answer, to payload: [UInt8]
  ) throws -> [UInt8] {
    let reply = StationReply(
      try StationRequest(json: payload).id, to: PayloadDigest(of: payload), answer)
    return key.seal(reply.json, for: .reply(station)).json
  }
}
