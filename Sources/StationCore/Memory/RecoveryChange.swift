// Changes to what boot needs, as they are handed to the store.
import StationProtocol
import Time

/// A change to what boot needs, kept apart from records and never trimmed by acknowledgements.
package enum RecoveryChange: Equatable, Sendable {
  /// Marks that ended before `forgetting` need not be kept. It is no later than the mark of the
  /// clock that boot recovers, or a code could be valid again after its mark has gone.
  case mark(ReplayMark, forgetting: WallTime)
  case totals(OccupancyTotals)
  /// The local day under way, and which one has a record already.
  case day(DayBook)
  /// The earliest time that it can be, and the latest one that was trusted, unless `clockMark`
  /// follows.
  case lastTrusted(WallTime)
  /// The latest time that was trusted, where codes have told a later one since; nil for none.
  case clockMark(WallTime?)
  case latch(Latch, isSet: Bool)
  case whereabouts(StayChange)
  case guess(GuessChange)
  /// The exchange that has no outcome yet; nil once it has.
  case exchange(OpenExchange?)
  /// The number that the last motor was told by.
  case serial(UInt8)
  case slot(SlotMemory)
  /// The end of an exchange that was acknowledged at that time. Those acknowledged before
  /// `forgetting` need not be kept any longer; nil where nobody knows the time.
  case endKept(KeptEnd, at: WallTime, forgetting: WallTime?)
  /// The service's store that has every kept end.
  case serviceStore(StoreEpoch)
  /// A command was begun; with nil it has ended.
  case command(CommandID, operation: Order.Kind?)
  /// The service lets nobody in by a reader.
  case readerHold(AccessPointID, isHeld: Bool)
  /// A typed code of an access point was set, used or removed.
  case typedCode(AccessPointID, PoolChange)
  /// The configuration that the service wants.
  case desired(DesiredConfiguration)
  /// The settings that hold, and what became of others.
  case settings(KeptSettings)
}

/// States that only a hand at the station ends, so that a restart must not.
package enum Latch: String, CaseIterable, Sendable {
  /// Fire was signalled: the doors stay released.
  case fire
  /// Somebody pressed the emergency button.
  case emergency
}
