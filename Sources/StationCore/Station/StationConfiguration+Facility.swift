// A station's configuration with what its facility decides in place.
import StationProtocol

extension StationConfiguration {
  /// This station as the facility wants it. What belongs to the board stays.
  package func adopting(_ facility: Facility) -> StationConfiguration {
    var adopted = self
    adopted.entry = facility.entry
    for (index, point) in accessPoints.enumerated() {
      guard let times = facility.heldOpen[point.id] else { continue }
      adopted.accessPoints[index].timing.heldOpen = times.usual
      adopted.accessPoints[index].timing.extendedHeldOpen = times.extended
      adopted.accessPoints[index].timing.heldOpenWarning = times.warning
    }
    for (index, sensor) in sensors.sensors.enumerated() {
      guard let limits = facility.limits[sensor.id] else { continue }
      adopted.sensors.sensors[index].limits = limits
    }
    adopted.sensors.recordInterval = facility.recordInterval
    if let vending {
      adopted.vending = vending.adopting(facility.goods)
    }
    return adopted
  }
}

extension VendingPolicy {
  fileprivate func adopting(_ goods: Facility.Goods) -> VendingPolicy {
    var timing = timing
    timing.session = goods.session
    return VendingPolicy(
      slots: goods.slots, timing: timing, ordersAreRepeatable: ordersAreRepeatable,
      labels: goods.labels)
  }
}
