// stationctl key new: makes the Ed25519 key that signs member codes.

import MemberCode

enum KeyNewCommand {
  static let command = Command(
    words: ["key", "new"],
    purpose: "makes an Ed25519 key pair for signing member codes",
    options: [
      .init(
        name: "--out", value: "FILE",
        meaning: "where the private key goes, readable by its owner; otherwise standard output")
    ],
    run: run)

  /// The public key goes to standard output, its id to standard error, so that either can be
  /// piped on.
  @Sendable private static func run(_ values: CommandValues) throws(CommandFailure) -> Int32 {
    let key = SigningKey.generate()
    if let path = values.text("--out") {
      try Files.createSecret(path, key.privatePEM)
    } else {
      StandardStream.output.write(key.privatePEM)
    }
    StandardStream.output.write(key.publicPEM)
    StandardStream.error.write("key id \(key.id)\n")
    return 0
  }
}
