// The self-test: what can be driven without anyone coming in is driven, and each part is looked at.
import StationProtocol
import Time

/// A self-test under way. What it drives answers within seconds; then every part is judged by what
/// the station knows of it.
struct SelfTest: Equatable, Sendable {
  /// How long the parts have to answer.
  static let time: Duration = .seconds(3)

  let id: CommandID
  let ends: Instant
}
