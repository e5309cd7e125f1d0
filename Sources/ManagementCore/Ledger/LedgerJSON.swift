// The ledger as the API shows it.
import JSON
import StationProtocol
import Time

extension JSONWriter {
  fileprivate mutating func exchange(_ exchange: Exchange) {
    field("exchange", exchange.id)
    field("member", exchange.member.text)
    field("slot", exchange.slot.number)
    field("article", exchange.article.text)
    field("price", exchange.price.number)
  }

  fileprivate mutating func outcome(_ outcome: ExchangeOutcome?) {
    nullable("outcome", outcome?.kind.rawValue)
    nullable("reason", outcome?.reason)
  }
}

extension Account {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.object {
      $0.field("account", kind.rawValue)
      $0.nullable("owner", owner.isEmpty ? nil : owner)
    }
  }
}

extension Movement {
  package func write(to writer: inout JSONWriter) {
    writer.object { write(into: &$0) }
  }

  fileprivate func write(into writer: inout JSONWriter) {
    writer.field("id", id)
    writer.field("kind", kind.rawValue)
    writer.key("from")
    from.write(to: &writer)
    writer.key("to")
    to.write(to: &writer)
    writer.field("amount", amount)
    writer.field("actor", actor.description)
    writer.nullable("reason", reason)
    writer.field("key", key)
    writer.nullable("exchange", exchange?.description)
    writer.nullable("reverses", reverses)
    writer.field("at", at.milliseconds)
  }
}

extension StatementLine {
  package func write(to writer: inout JSONWriter) {
    writer.object {
      movement.write(into: &$0)
      $0.key("of")
      if let exchange { exchange.write(to: &$0) } else { $0.null() }
    }
  }
}

extension LedgerExchange {
  package func write(to writer: inout JSONWriter) {
    writer.object { write(into: &$0) }
  }

  fileprivate func write(into writer: inout JSONWriter) {
    writer.field("id", id)
    writer.field("station", station)
    writer.exchange(exchange)
    writer.field("state", state.kind.rawValue)
    var posted: Int64?
    var refusal: String?
    switch state {
    case .held, .void: break
    case .posted(let amount): posted = amount
    case .refused(let reason): refusal = reason.rawValue
    }
    writer.nullable("posted", posted)
    writer.nullable("refusal", refusal)
    writer.outcome(outcome)
    writer.field("at", at.milliseconds)
    writer.nullable("settled", settled?.milliseconds)
    writer.key("resolution")
    if let resolution {
      writer.object {
        $0.field("actor", resolution.actor)
        $0.field("reason", resolution.reason)
      }
    } else {
      writer.null()
    }
  }
}

extension OpenHold {
  /// - Parameter old: how old a hold is that somebody should look at.
  package func write(to writer: inout JSONWriter, at time: WallTime, old: Duration) {
    writer.object {
      entry.write(into: &$0)
      let age = age(at: time)
      $0.field("ageSeconds", age.components.seconds)
      let isOdd = isOrphaned || isInGap || entry.isUnproven
      $0.field("needsAttention", isOdd || age >= old)
      $0.field("orphaned", isOrphaned)
      $0.field("inGap", isInGap)
      $0.field("unproven", entry.isUnproven)
    }
  }
}

extension Discrepancy {
  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.field("id", id)
      $0.field("kind", kind.rawValue)
      $0.field("station", station)
      $0.exchange(exchange)
      $0.outcome(outcome)
      $0.field("charged", charged)
      $0.field("borne", borne)
      $0.field("at", at.milliseconds)
    }
  }
}

extension Taking {
  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.field("day", day)
      $0.field("article", article.text)
      $0.field("count", count)
      $0.field("points", points)
    }
  }
}

extension LedgerProof {
  package func write(to writer: inout JSONWriter) {
    writer.object { object in
      object.field("clean", isClean)
      object.key("accounts")
      object.array(sums) { writer, sum in
        writer.object {
          $0.field("account", sum.kind.rawValue)
          $0.field("count", sum.accounts)
          $0.field("balance", sum.balance)
        }
      }
      object.field("movements", movements)
      object.field("exchanges", exchanges)
      object.field("discrepancies", discrepancies)
      object.field("pendingOrders", pendingOrders)
      object.key("holds")
      object.object {
        $0.field("minute", holds.minute)
        $0.field("hour", holds.hour)
        $0.field("day", holds.day)
        $0.field("older", holds.older)
        $0.field("orphaned", holds.orphaned)
      }
      object.key("findings")
      object.array(findings) { $0.value($1.description) }
    }
  }

  /// What `--check` prints, a line each.
  package var lines: [String] {
    var lines = sums.map { "\($0.kind.rawValue): \($0.accounts) accounts, \($0.balance) points" }
    lines.append("all accounts: \(sums.reduce(0) { $0 + $1.balance }) points")
    lines.append("movements: \(movements), exchanges: \(exchanges)")
    lines.append(
      "open holds: \(holds.all), of these \(holds.minute) younger than a minute, \(holds.hour) than "
        + "an hour, \(holds.day) than a day, \(holds.older) older; \(holds.orphaned) of a stream "
        + "that its station has left")
    lines.append("discrepancies for a person to look at: \(discrepancies)")
    lines.append("orders that wait for a second person: \(pendingOrders)")
    lines += findings.map { "wrong: \($0)" }
    lines.append(isClean ? "the ledger balances" : "the ledger does not balance")
    return lines
  }
}
