// What happened: everything that a station's decisions depend on, in the past tense.
import StationProtocol
import Time

/// An input of the station, each by the room that it concerns. The shell turns the outside world
/// into these.
package enum Event: Equatable, Sendable {
  /// The first event: what the store remembers. Indirect, because each other event would be as
  /// large.
  indirect case booted(Recovered)
  /// The store was set aside and a new one started, with a new stream and this boot as its first.
  /// Where no file can be written it is kept in memory, and lasts as long as the daemon.
  case storeReplaced(StreamID, isDurable: Bool)
  case wires(WiresEvent)
  case safety(SafetyEvent)
  case door(DoorEvent)
  case entry(EntryEvent)
  case occupancy(OccupancyEvent)
  case climate(ClimateEvent)
  case exchange(ExchangeEvent)
  case link(LinkEvent)
  case command(CommandEvent)
  /// `nextDeadline` has come.
  case wake
}
