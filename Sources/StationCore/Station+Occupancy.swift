// What a station does about the people who pass through its doors.
import StationProtocol

extension Station {
  mutating func sense(
    _ beam: Beam, _ isBroken: Bool, at id: AccessPointID, _ step: inout Step
  ) {
    guard let index = points.firstIndex(where: { $0.id == id }),
      let passage = points[index].beams.sense(beam, isBroken: isBroken)
    else { return }
    let hasChanged = occupancy.count(passage)
    if hasChanged { step.changedParts.insert(.occupancy) }
    journal(
      .passage(id, passage, inside: occupancy.totals.inside), .soon, &step,
      hasChanged ? [.totals(occupancy.totals)] : [])
  }
}
