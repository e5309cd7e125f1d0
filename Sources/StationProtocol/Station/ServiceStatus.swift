// What the service says of itself.
import Time

/// `service/status`: whether the management service is connected; also its will.
package struct ServiceStatusPayload: Equatable, Sendable {
  package var isOnline: Bool
  package var at: WallTime
  /// The life of its store; nil of a service from before there were such.
  package var store: StoreEpoch?

  package init(isOnline: Bool, at: WallTime, store: StoreEpoch? = nil) {
    self.isOnline = isOnline
    self.at = at
    self.store = store
  }
}

extension ServiceStatusPayload: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ status: ServiceStatusPayload?, by coder: inout Coder
  ) throws(Coder.Failure) -> ServiceStatusPayload {
    ServiceStatusPayload(
      isOnline: try coder.member("online", status?.isOnline),
      at: try coder.member("at", status?.at), store: try coder.optional("store", status?.store))
  }
}
