// stationctl key public: the part of a signing key that stations are given.

enum KeyPublicCommand {
  static let command = Command(
    words: ["key", "public"],
    purpose: "prints the public part of a private key, for stations and verifiers",
    options: [
      .init(
        name: "--key", value: "FILE", count: .required,
        meaning: "the private key, as 'stationctl key new' wrote it")
    ],
    run: run)

  @Sendable private static func run(_ values: CommandValues) throws(CommandFailure) -> Int32 {
    let key = try KeyFiles.signingKey(try values.required("--key"))
    StandardStream.output.write(key.publicPEM)
    StandardStream.error.write("key id \(key.id)\n")
    return 0
  }
}
