// The bearer tokens of the API: who is speaking, and what that person may do.
import ManagementCore

/// The maker of a request.
package struct Actor: Equatable, Sendable {
  package var name: String
  package var role: Role
}

/// The tokens of the credential file. A token is a secret: it is compared in constant time and
/// never printed.
package struct Tokens: Equatable, Sendable {
  package static let shortest = 16
  package static let longest = 512
  /// A longer header holds no token; the scheme and the space before it need no more.
  private static let longestHeader = longest + 16

  private struct Entry: Equatable {
    var token: [UInt8]
    var actor: Actor
  }

  private var entries: [Entry] = []

  package init() {}

  /// A fault of a line of the credential file, without its token.
  package struct Fault: Error, Equatable, Sendable, CustomStringConvertible {
    package let line: Int
    package let reason: String
    package var description: String { "api-tokens, line \(line): \(reason)" }
  }

  /// Reads the credential file. A line that cannot be used is left out and listed in
  /// `faults`; the tokens of the other lines stay valid.
  /// - Parameter text: a line for each token, `actor:role:token`; empty lines and `#` comments.
  package static func read(_ text: String) -> (tokens: Tokens, faults: [Fault]) {
    var tokens = Tokens()
    var faults: [Fault] = []
    // Bytes, not characters: to Swift, more than a line feed ends a line, and a colon with a
    // combining mark behind it is no colon.
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, whole) in lines.enumerated() {
      let line = whole.last == UInt8(ascii: "\r") ? whole.dropLast() : whole
      if line.isEmpty || line.first == UInt8(ascii: "#") { continue }
      if let reason = tokens.take(Substring(line)) {
        faults.append(Fault(line: index + 1, reason: reason))
      }
    }
    return (tokens, faults)
  }

  /// - Returns: what is wrong with the line, where something is.
  private mutating func take(_ line: Substring) -> String? {
    let parts = line.utf8.split(
      separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false
    ).map { Substring($0) }
    guard parts.count == 3 else { return "expected actor:role:token" }
    let name = String(parts[0])
    if let fault = ActorName.fault(of: name) { return "the name of the actor: \(fault)" }
    guard let role = Role(rawValue: String(parts[1])) else {
      return "the role is viewer or manager"
    }
    guard parts[2].utf8.count >= Self.shortest, parts[2].utf8.allSatisfy({ $0 > 0x20 }) else {
      return "a token has at least \(Self.shortest) characters and no space"
    }
    let token = Array(parts[2].utf8)
    guard token.count <= Self.longest else {
      return "a token has at most \(Self.longest) bytes"
    }
    guard !entries.contains(where: { $0.token == token }) else {
      return "the token of an earlier line: it names one actor"
    }
    let like = entries.map(\.actor.name).first { ActorName.areAlike($0, name) && $0 != name }
    if let like {
      return
        "the name of the actor: but for case it is \"\(like)\", the name of an earlier line; a "
        + "second person needs another name, the same person the same spelling"
    }
    entries.append(Entry(token: token, actor: Actor(name: name, role: role)))
    return nil
  }

  package var isEmpty: Bool { entries.isEmpty }

  /// - Parameter header: of `Authorization` (RFC 6750 section 2.1).
  package func actor(authorization header: String?) -> Actor? {
    guard let header, header.utf8.count <= Self.longestHeader else { return nil }
    // Bytes: to Swift a space with a combining mark behind it, as a token may begin, is no space.
    let words = header.utf8.split(separator: UInt8(ascii: " "), maxSplits: 1)
    guard words.count == 2, Substring(words[0]).lowercased() == "bearer" else { return nil }
    let offered = Array(words[1])
    var found: Actor?
    // Every token is compared, so that the time does not tell which of them was close.
    for entry in entries where Self.areEqual(entry.token, offered) { found = entry.actor }
    return found
  }

  private static func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    var difference: UInt8 = one.count == other.count ? 0 : 1
    for index in one.indices { difference |= one[index] ^ (index < other.count ? other[index] : 0) }
    return difference == 0
  }
}
