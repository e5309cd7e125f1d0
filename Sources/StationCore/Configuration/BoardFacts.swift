// The parts of a board that its file alone says, and that settings must fit.
import StationProtocol
import Time

/// The parts of a board on which the settings of a facility depend.
package struct BoardFacts: Equatable, Sendable {
  /// In the order of their numbers.
  package var points: [Point]
  /// The names for which a member code may be made out.
  package var audiences: [String]
  package var interlock: Interlock?
  /// Reservations can be known here.
  package var hasMemberList: Bool
  package var hasMachine: Bool
  /// The sensors of the room's air, with the quantities that each one says.
  package var sensors: [Sensor]

  /// An access point.
  package struct Point: Equatable, Sendable {
    package var id: AccessPointID
    /// How long a grant releases the strike at most.
    package var access: Duration
    /// Free access can hold the lock released.
    package var canStayReleased: Bool
    /// Two beams tell who comes from who goes.
    package var tellsDirection: Bool
    /// Members who leave show themselves.
    package var hasExitReader: Bool

    package init(
      _ id: AccessPointID, access: Duration = .seconds(5), canStayReleased: Bool = true,
      tellsDirection: Bool = true, hasExitReader: Bool = false
    ) {
      self.id = id
      self.access = access
      self.canStayReleased = canStayReleased
      self.tellsDirection = tellsDirection
      self.hasExitReader = hasExitReader
    }
  }

  package struct Sensor: Equatable, Sendable {
    package var id: SensorID
    package var quantities: [Quantity]

    package init(_ id: SensorID, _ quantities: [Quantity]) {
      self.id = id
      self.quantities = quantities
    }
  }

  package init(
    points: [Point] = [], audiences: [String] = [], interlock: Interlock? = nil,
    hasMemberList: Bool = false, hasMachine: Bool = false, sensors: [Sensor] = []
  ) {
    self.points = points
    self.audiences = audiences
    self.interlock = interlock
    self.hasMemberList = hasMemberList
    self.hasMachine = hasMachine
    self.sensors = sensors
  }
}
