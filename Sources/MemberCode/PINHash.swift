// A PIN as it is kept: hashed with argon2id, so that a list of members betrays none.

import CSodium

/// libsodium's password string (`$argon2id$v=19$m=8192,t=3,p=1$SALT$HASH`): its own salt and
/// costs stand in it. A PIN has few digits, so whoever has the list can still try them all; the
/// memory it takes makes that slow, and the list is for root's eyes.
package struct PINHash: Equatable, Sendable {
  /// What a keypad takes.
  package static let digits = 4...12
  /// Memory and passes of a new hash: small enough for a board with little of both.
  private static let memory = 8 << 20
  private static let passes: UInt64 = 3
  /// What a list may ask of this machine, however it came about.
  private static let mostMemoryKiB = 65_536
  private static let mostPasses = 10

  package let text: String

  /// - Returns: nil where the text is no argon2id string of libsodium, or one that would take more
  ///   memory or time than a station has.
  package init?(text: String) {
    let parts = text.split(separator: "$", omittingEmptySubsequences: false)
    guard text.utf8.count < Int(crypto_pwhash_STRBYTES), parts.count == 6, parts[0].isEmpty,
      parts[1] == "argon2id", parts[2] == "v=19", !parts[4].isEmpty, !parts[5].isEmpty
    else { return nil }
    let costs = parts[3].split(separator: ",").map { $0.split(separator: "=") }
    guard costs.count == 3, costs.map({ $0.first }) == ["m", "t", "p"],
      costs.allSatisfy({ $0.count == 2 }),
      let memory = Int(costs[0][1]), (8...Self.mostMemoryKiB).contains(memory),
      let passes = Int(costs[1][1]), (1...Self.mostPasses).contains(passes), costs[2][1] == "1"
    else { return nil }
    self.text = text
  }

  /// Hashes a PIN with a new salt. Takes some tens of milliseconds and 8 MiB.
  /// - Parameter pin: the digits as ASCII.
  /// - Returns: nil where it is not 4 to 12 digits, or where memory is short.
  package init?(pin: [UInt8]) {
    guard Self.isPIN(pin), sodium_init() >= 0 else { return nil }
    var text = [CChar](repeating: 0, count: Int(crypto_pwhash_STRBYTES))
    let characters = pin.map(CChar.init(bitPattern:))
    guard
      crypto_pwhash_str(&text, characters, UInt64(pin.count), Self.passes, Self.memory) == 0
    else { return nil }
    let bytes = text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
    self.init(text: String(decoding: bytes, as: UTF8.self))
  }

  /// Whether this PIN was hashed. Takes as long as hashing it.
  package func matches(_ pin: [UInt8]) -> Bool {
    guard sodium_init() >= 0 else { return false }
    var text = Array(text.utf8).map(CChar.init(bitPattern:))
    text += Array(repeating: 0, count: Int(crypto_pwhash_STRBYTES) - text.count)
    let characters = pin.map(CChar.init(bitPattern:))
    return crypto_pwhash_str_verify(text, characters, UInt64(pin.count)) == 0
  }

  /// The bare hash of digits at the costs of a new PIN, where a salt is given.
  /// - Parameter salt: 16 bytes.
  /// - Returns: nil where memory is short.
  static func raw(_ digits: [UInt8], salt: [UInt8], length: Int) -> [UInt8]? {
    guard sodium_init() >= 0, salt.count == Int(crypto_pwhash_SALTBYTES) else { return nil }
    var hash = [UInt8](repeating: 0, count: length)
    let characters = digits.map(CChar.init(bitPattern:))
    let isDone =
      crypto_pwhash(
        &hash, UInt64(length), characters, UInt64(digits.count), salt, passes, memory,
        crypto_pwhash_ALG_ARGON2ID13) == 0
    return isDone ? hash : nil
  }

  package static func isPIN(_ bytes: [UInt8]) -> Bool {
    digits.contains(bytes.count) && bytes.allSatisfy { (48...57).contains($0) }
  }
}
