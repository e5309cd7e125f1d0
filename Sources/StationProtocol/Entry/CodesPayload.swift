// The state of a station's typed codes: what is set there, and how often each still opens.
import Time

/// `state/codes`: every typed code that the station keeps, whoever set it.
package struct CodesPayload: Equatable, Sendable {
  /// The last record that this state takes into account.
  package var seq: UInt64
  /// In the order of their access points and names, each once.
  package var codes: [SetCode]
  package var at: WallTime

  /// More than every access point of a station keeps.
  package static let most = AccessPointID.most * TypedCode.most

  package init(seq: UInt64, codes: [SetCode], at: WallTime) {
    self.seq = seq
    self.codes = codes
    self.at = at
  }
}

/// A typed code as a station has it.
package struct SetCode: Hashable, Sendable {
  package var accessPoint: AccessPointID
  package var id: TypedCodeID
  /// How often it still opens.
  package var left: Int64
  package var until: WallTime

  package init(_ accessPoint: AccessPointID, _ id: TypedCodeID, left: Int64, until: WallTime) {
    self.accessPoint = accessPoint
    self.id = id
    self.left = left
    self.until = until
  }
}

extension CodesPayload: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ state: CodesPayload?, by coder: inout Coder
  ) throws(Coder.Failure) -> CodesPayload {
    let bounds = ListBounds<SetCode>(most: most, "codes") {
      ($0.accessPoint, $0.id) < ($1.accessPoint, $1.id)
    }
    return CodesPayload(
      seq: try coder.number("seq", state?.seq),
      codes: try coder.list("codes", state?.codes, bounds),
      at: try coder.member("at", state?.at))
  }
}

extension SetCode: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ code: SetCode?, by coder: inout Coder
  ) throws(Coder.Failure) -> SetCode {
    SetCode(
      try coder.member("ap", code?.accessPoint), try coder.member("credential", code?.id),
      left: try coder.number("left", code?.left, 0...TypedCode.uses.upperBound),
      until: try coder.member("until", code?.until))
  }
}
