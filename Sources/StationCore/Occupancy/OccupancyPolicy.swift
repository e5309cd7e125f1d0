// What a facility decides about counting: sensors, their times, and when a room counts as empty.

/// How people are counted at this station.
package struct OccupancyPolicy: Equatable, Sendable {
  package var beams: BeamTiming
  /// Which way a pulse of a single counting sensor went.
  package var pulse: PulseDirection
  /// When an empty room may set the count to zero; nil without a motion sensor, and then never.
  package var vacancy: VacancyTiming?

  package init(
    beams: BeamTiming = BeamTiming(), pulse: PulseDirection = .opener,
    vacancy: VacancyTiming? = nil
  ) {
    self.beams = beams
    self.pulse = pulse
    self.vacancy = vacancy
  }
}

/// The measures of a pair of beams.
package struct BeamTiming: Equatable, Sendable {
  /// From one beam to the other, in millimetres; only for the length of a body.
  package var spacing: Int
  /// How long a beam may be broken before it is a fault.
  package var blockedAfter: Duration
  /// How long beams that never showed a walk may both be broken before they count as unpowered.
  package var darkAfter: Duration
  /// How long both beams must be clear before such a fault is over.
  package var clearAfter: Duration

  package init(
    spacing: Int = 100, blockedAfter: Duration = .seconds(60), darkAfter: Duration = .seconds(10),
    clearAfter: Duration = .seconds(5)
  ) {
    precondition(spacing > 0, "beams stand apart")
    self.spacing = spacing
    self.blockedAfter = blockedAfter
    self.darkAfter = darkAfter
    self.clearAfter = clearAfter
  }
}

/// Which way someone went whom a single sensor saw.
package enum PulseDirection: String, CaseIterable, Sendable {
  /// The door is an entrance only.
  case inward = "in"
  /// The door is an exit only.
  case outward = "out"
  /// A door that a grant opened lets people in, one that the exit button opened lets them out;
  /// after both, or neither, nobody can tell.
  case opener
}

/// When a room without motion is empty.
package struct VacancyTiming: Equatable, Sendable {
  /// How long the motion sensor goes on after the last movement that it saw.
  package var hold: Duration
  /// How long nothing may have moved after a door cycle that the exit button began.
  package var afterExit: Duration
  /// The same after any other cycle: whoever came in may sit still.
  package var afterCycle: Duration

  package init(
    hold: Duration = .seconds(30), afterExit: Duration = .seconds(1800),
    afterCycle: Duration = .seconds(3600)
  ) {
    precondition(hold < afterExit && hold < afterCycle, "a sensor must have had its say")
    self.hold = hold
    self.afterExit = afterExit
    self.afterCycle = afterCycle
  }
}
