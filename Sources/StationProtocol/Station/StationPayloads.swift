// What a station says of itself: whether it is there, what it is, and how its parts stand.
import Time

/// `status`: one session's life or death.
package struct StatusPayload: Equatable, Sendable {
  package var isOnline: Bool
  package var session: SessionID
  package var reason: Reason
  package var at: WallTime

  package enum Reason: String, CaseIterable, Sendable {
    /// The link is up.
    case connected
    /// The daemon is stopping of its own accord.
    case stopping
    /// The broker says so: the will of a session that broke off.
    case lost
  }

  package init(isOnline: Bool, session: SessionID, reason: Reason, at: WallTime) {
    self.isOnline = isOnline
    self.session = session
    self.reason = reason
    self.at = at
  }
}

/// One connection of one boot of one stream. Sessions of the same stream are ordered; a session
/// of another stream is another life of the station, and neither older nor newer.
package struct SessionID: Hashable, Sendable {
  package var stream: StreamID
  /// Counts the starts of the daemon on this store.
  package var boot: Int64
  /// Counts the connections within a boot.
  package var connection: Int64

  package init(stream: StreamID, boot: Int64, connection: Int64) {
    self.stream = stream
    self.boot = boot
    self.connection = connection
  }

  /// Whether this session of the same stream came before the other.
  package func isOlder(than other: SessionID) -> Bool {
    stream == other.stream && (boot, connection) < (other.boot, other.connection)
  }
}

/// `birth`: what came up, and which records it holds.
package struct BirthPayload: Equatable, Sendable {
  package var session: SessionID
  /// The version of the station's software.
  package var version: String
  /// The version of the contract that it speaks; nil of a station from before there was one.
  package var protocolVersion: Int64?
  /// In the order of their words, each once.
  package var capabilities: [Capability]
  /// The operations that it takes from the service, in the order of their words; those that only a
  /// later version of the reader knows are among them.
  package var operations: [OperationWord]
  /// The number that a command must carry; nil of a station that takes none.
  package var nonce: SessionNonce?
  package var accessPoints: [AccessPointID]
  /// The first sequence number that the station still holds or will write.
  package var floor: UInt64
  /// The last sequence number that is durable there; `floor - 1` where it holds none.
  package var ceiling: UInt64
  package var isClockTrusted: Bool
  /// By which its days are counted; nil where it does not know.
  package var zone: ZoneName?
  /// The issuers of its configuration, and the keys that it has of them.
  package var issuers: [IssuerStanding]
  package var at: WallTime

  package init(
    session: SessionID, version: String, protocolVersion: Int64? = ProtocolVersion.current,
    capabilities: [Capability] = [], operations: [OperationWord] = [],
    nonce: SessionNonce? = nil, accessPoints: [AccessPointID], floor: UInt64,
    ceiling: UInt64, isClockTrusted: Bool, zone: ZoneName? = nil,
    issuers: [IssuerStanding] = [], at: WallTime
  ) {
    self.protocolVersion = protocolVersion
    self.capabilities = capabilities
    self.operations = operations
    self.nonce = nonce
    self.zone = zone
    self.session = session
    self.version = version
    self.accessPoints = accessPoints
    self.floor = floor
    self.ceiling = ceiling
    self.isClockTrusted = isClockTrusted
    self.issuers = issuers
    self.at = at
  }
}

// MARK: - As JSON

extension StatusPayload: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ status: StatusPayload?, by coder: inout Coder
  ) throws(Coder.Failure) -> StatusPayload {
    StatusPayload(
      isOnline: try coder.member("online", status?.isOnline),
      session: try SessionID.described(status?.session, by: &coder),
      reason: try coder.member("reason", status?.reason), at: try coder.member("at", status?.at))
  }
}

extension SessionID {
  /// The members of a session stand among those of the object that speaks of it.
  fileprivate static func described<Coder: MemberCoder>(
    _ session: SessionID?, by coder: inout Coder
  ) throws(Coder.Failure) -> SessionID {
    SessionID(
      stream: try coder.member("stream", session?.stream),
      boot: try coder.number("boot", session?.boot),
      connection: try coder.number("connection", session?.connection))
  }
}

extension BirthPayload: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ birth: BirthPayload?, by coder: inout Coder
  ) throws(Coder.Failure) -> BirthPayload {
    let issuers = birth.flatMap { $0.issuers.isEmpty ? nil : $0.issuers }
    let capabilities = birth.flatMap { $0.capabilities.isEmpty ? nil : $0.capabilities }
    let operations = birth.flatMap { $0.operations.isEmpty ? nil : $0.operations }
    return BirthPayload(
      session: try SessionID.described(birth?.session, by: &coder),
      version: try coder.member("version", birth?.version),
      protocolVersion: try coder.optionalNumber("protocol", birth?.protocolVersion, 1...(.max)),
      capabilities: try coder.optionalList("capabilities", capabilities, Capability.bounds) ?? [],
      operations: try coder.optionalList("operations", operations, OperationWord.bounds) ?? [],
      nonce: try coder.optional("nonce", birth?.nonce),
      accessPoints: try coder.list(
        "accessPoints", birth?.accessPoints, ListBounds(most: AccessPointID.most)),
      floor: try coder.number("floor", birth?.floor),
      ceiling: try coder.number("ceiling", birth?.ceiling),
      isClockTrusted: try coder.member("clockTrusted", birth?.isClockTrusted),
      zone: try coder.optional("zone", birth?.zone),
      issuers: try coder.optionalList("issuers", issuers, ListBounds(most: IssuerStanding.most))
        ?? [],
      at: try coder.member("at", birth?.at))
  }
}

extension StatusPayload.Reason: MemberWord {}
