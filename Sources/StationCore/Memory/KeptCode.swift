// A typed code of an access point, as the store keeps it.
import StationProtocol

/// A typed code with the uses that were counted.
package struct KeptCode: Equatable, Sendable {
  package var code: TypedCode
  /// How often it has opened the door.
  package var used: Int64

  package init(_ code: TypedCode, used: Int64 = 0) {
    self.code = code
    self.used = used
  }

  /// How often it still opens.
  package var left: Int64 { max(0, code.uses - used) }
}

/// A change to the typed codes of one access point that boot must know.
package enum PoolChange: Equatable, Sendable {
  case kept(KeptCode)
  case removed(TypedCodeID)
  /// No code is left.
  case cleared
}

/// A typed code with the access point that it opens.
package struct PooledCode: Equatable, Sendable {
  package var accessPoint: AccessPointID
  package var kept: KeptCode

  package init(_ accessPoint: AccessPointID, _ kept: KeptCode) {
    self.accessPoint = accessPoint
    self.kept = kept
  }
}
