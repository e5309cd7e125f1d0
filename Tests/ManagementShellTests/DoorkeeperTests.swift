// Tests that tokens are compared for whom they should be, and not for whoever guesses.
import HTTP
import ManagementCore
import Testing
import Time

@testable import ManagementShell

@Suite struct DoorkeeperTests {
  private let doorkeeper: Doorkeeper
  private static let right = "a-right-token-of-wang"

  init() {
    doorkeeper = Doorkeeper(Tokens.read("wang:manager:\(Self.right)\n").tokens) {
      Now(instant: Instant(nanoseconds: 0), wall: WallTime(seconds: 1_800_000_000))
    }
  }

  private func ask(_ token: String?, from peer: String, on connection: UInt64) -> Int {
    let headers = token.map { [(name: "authorization", value: "Bearer \($0)")] } ?? []
    let request = HTTPRequest(
      method: .get, path: ["api", "v1", "stations"], headers: headers, peer: peer,
      connection: connection)
    do throws(Problem) {
      return try doorkeeper.actor(of: request).name == "wang" ? 200 : 500
    } catch {
      return error.status
    }
  }

  @Test("after a hundred wrong tokens a right one is not compared, but where one was shown before")
  func guesser() {
    #expect(ask(Self.right, from: "192.0.2.1", on: 1) == 200)
    for attempt in 1...TokenAttempts.mostCompared {
      #expect(ask("wrong", from: "192.0.2.1", on: 2) == (attempt <= 10 ? 401 : 429))
    }
    #expect(ask(Self.right, from: "192.0.2.1", on: 2) == 429)
    #expect(ask(Self.right, from: "192.0.2.1", on: 1) == 200)
    // Nor does the answer tell whether the token was right.
    #expect(ask("wrong", from: "192.0.2.1", on: 3) == 429)
    #expect(ask(nil, from: "192.0.2.1", on: 3) == 401)
    #expect(ask(Self.right, from: "192.0.2.2", on: 3) == 200)
    doorkeeper.forget(1)
    #expect(ask(Self.right, from: "192.0.2.1", on: 1) == 429)
  }

  @Test("a proxy's connection on which one address is known is not known for another one")
  func sharedConnection() {
    #expect(ask(Self.right, from: "192.0.2.1", on: 1) == 200)
    for _ in 1...TokenAttempts.mostCompared { _ = ask("wrong", from: "192.0.2.2", on: 1) }
    #expect(ask(Self.right, from: "192.0.2.2", on: 1) == 429)
    #expect(ask(Self.right, from: "192.0.2.1", on: 1) == 200)
  }
}
