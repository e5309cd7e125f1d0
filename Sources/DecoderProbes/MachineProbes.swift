// The serial line of an exchange machine's board: bytes in any portions.
import SimulatedBoard
import StationProtocol
import StationShell
import Time

extension Probe {
  static let machine = [
    /// The first byte says how long the portions are.
    Probe("channel-replies", longest: 512) { (bytes) throws(Violation) in
      let size = Int(bytes.first ?? 0) % 12 + 1
      let stream = bytes.dropFirst()
      var whole = ChannelReplies()
      var parts = ChannelReplies()
      var told: [ChannelReplies.Reading] = []
      var rest = stream
      while !rest.isEmpty {
        told += parts.receive(rest.prefix(size))
        rest = rest.dropFirst(size)
      }
      try expectEqual(whole.receive(stream), told, "portions change no answer")
      try expectEqual(whole, parts, "portions change no state")
      let replies = told.filter { if case .reply = $0 { true } else { false } }
      try expect(
        replies.count * ChannelReply.length <= stream.count, "no more comes out than went in")
      for case .reply(let reply) in told {
        try expect(
          (1...SlotID.most).contains(reply.order.slot.number), "a column is one of a board")
      }
    },
    /// What a daemon's line could carry to the simulated board.
    Probe("channel-orders", longest: 512) { (bytes) throws(Violation) in
      var rest = bytes
      var board = ColumnBoard()
      var orders = 0
      while let order = ColumnBoard.cut(&rest) {
        orders += 1
        let answer = board.answer(to: order, at: Instant(nanoseconds: 0))
        try expect(answer.map { $0.reduce(0, ^) == 0 } == true, "every order has a whole answer")
      }
      try expect(orders * 8 + rest.count <= bytes.count, "no more comes out than went in")
      try expect(rest.count < 8, "less than an order is kept")
      try expect(board.turns <= 1, "a motor turns alone")
    },
    Probe(
      "machine-order", longest: 64, words: ["fault ", "line ", "stock ", "power-cut ", "detector "]
    ) { (bytes) throws(Violation) in
      let text = String(decoding: bytes, as: UTF8.self)
      guard case .stock(let column, let stock)? = MachineOrder(line: text) else { return }
      try expect(ColumnBoard.columns.contains(column), "a column is one of a board")
      try expect(stock.map { (0...1000).contains($0) } != false, "a stock has its bounds")
    },
  ]
}
