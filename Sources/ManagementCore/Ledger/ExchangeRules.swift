// Whether a member may have an article: the rules that a manager sets, and what they refuse.
import StationProtocol

/// How many exchanges a member may have on one local day of the service; nil is without limit.
package struct ExchangeLimits: Equatable, Sendable {
  package static let most: Int64 = 1000

  package var perDay: Int64?
  /// The most of one article.
  package var perArticle: Int64?

  package init(perDay: Int64? = nil, perArticle: Int64? = nil) {
    self.perDay = perDay
    self.perArticle = perArticle
  }

  package var isEmpty: Bool { perDay == nil && perArticle == nil }
}

/// The price agreed for a slot of a station.
package struct SlotPrice: Equatable, Sendable {
  package var slot: SlotID
  package var price: Points

  package init(slot: SlotID, price: Points) {
    self.slot = slot
    self.price = price
  }
}

/// What a hold is judged by, besides how many exchanges the member has had.
package struct HoldTerms: Equatable, Sendable {
  package var status: Member.Status
  package var balance: Int64
  /// The price agreed for the slot; nil where none was.
  package var price: Points?
  package var limits: ExchangeLimits

  package init(status: Member.Status, balance: Int64, price: Points?, limits: ExchangeLimits) {
    self.status = status
    self.balance = balance
    self.price = price
    self.limits = limits
  }

  /// - Parameter today: how many exchanges the member has had today, and how many of this article.
  package func refusal(
    of exchange: Exchange, today: (all: Int64, ofArticle: Int64)
  ) -> ExchangeRefusal? {
    if status == .suspended { return .suspended }
    if let price, price != exchange.price { return .priceDiffers }
    if let most = limits.perDay, today.all >= most { return .dailyLimit }
    if let most = limits.perArticle, today.ofArticle >= most { return .articleLimit }
    return balance < exchange.price.number ? .insufficientPoints : nil
  }
}
