// The parts of a benchmark run: each measures one claim and stands in a file of its own.

/// One part. It reports figures as it gets them and throws where it cannot measure.
struct Part: Sendable {
  let name: String
  /// The measure of the part, as the list of parts shows it.
  let what: String
  let run: @Sendable (Report) throws -> Void

  /// In the order in which they run.
  static let all: [Part] =
    DoorPath.parts
    + [
      MemberLookups.part, ChatterLine.part, IdleStation.part, Ingest.singly, Ingest.inBatches,
      Ingest.scaling, LivePush.part, LoopStalls.part, StationListing.part, StoreQueries.part,
      Exchanges.part, CommandPath.part, Handshakes.part,
    ]
}
