// What the service's configuration file says: the table of keys and the values read by it.
import Configuration
import HTTP
import ManagementCore
import StationProtocol

/// A complete configuration of managementd.
package struct ManagementSettings: Equatable, Sendable {
  package var address: String
  package var port: Int
  package var addressFile: String?
  /// The file of the service's own certificate; nil for plain HTTP.
  package var certificate: String?
  /// The file of its private key; nil where that is the credential `https-key`.
  package var certificateKey: String?
  package var connections: Int
  package var connectionsPerAddress: Int
  package var wrongTokens: Int
  package var proxies: [String]
  package var pages: String
  package var texts: String
  package var brokerHost: String
  package var brokerPort: Int
  package var longestPause: Duration
  /// Whether the service shows a certificate to the broker, or a password without TLS.
  package var showsCertificate: Bool
  /// nil where the service certifies no stations.
  package var authority: AuthoritySettings?
  package var credentials: String?
  package var storePath: String
  package var codeLife: Duration
  package var aloneUpTo: Int
  package var oldHold: Duration
  package var stationLimits: StationLimits
  package var issuers: [IssuerSettings]

  private typealias Section = ConfigurationTable.Section
  private typealias Key = ConfigurationTable.Key

  private static func areAddresses(_ text: String) -> Bool {
    text.split(separator: " ").allSatisfy { HTTPOptions.isNumeric(String($0)) }
  }

  package static let table = ConfigurationTable([
    Section(
      "http", "The server of the API and the dashboard.",
      keys: [
        Key(
          "address", .text, .standard("127.0.0.1"),
          "The numeric address on which the service listens. An address other than loopback "
            + "needs tokens, and a certificate here or a TLS proxy in front."),
        Key(
          "port", .integer(0...65_535, unit: ""), .standard("8080"),
          "The port; 0 takes any free one."),
        Key(
          "address-file", .path, .optional(example: "/run/worker-station-management/address"),
          "Is written with ADDRESS:PORT once the service listens."),
        Key(
          "certificate", .path, .optional(example: "/etc/worker-station/https.crt"),
          "The certificate of the service (PEM), behind it those that vouch for it. With it the "
            + "service speaks TLS 1.2 and 1.3 and no plain HTTP. Is read again on a reload."),
        Key(
          "certificate-key", .path, .optional(example: "/etc/worker-station/https.key"),
          "The private key of the certificate (PEM, without a password), in a file that is closed to "
            + "other users. Without this setting it is the credential https-key. P-256 is advised."),
        Key(
          "connections", .integer(16...10_000, unit: ""), .standard("900"),
          "The most at a time. When they are taken, one without a request gives way."),
        Key(
          "connections-per-address", .integer(4...10_000, unit: ""), .standard("100"),
          "The most of one address, and never more than a quarter of all. Loopback, where a proxy "
            + "may speak for all, has no such bound; name the proxy."),
        Key(
          "wrong-tokens", .integer(1...1_000_000, unit: ""), .standard("10"),
          "The number of wrong tokens that one address may offer in a minute. Beyond it the "
            + "address is told to wait (429); after 100, or this many where it is more, no token "
            + "of that address is compared except on connections that have shown a right one."
        ),
        Key(
          "proxy", .word("numeric addresses", accepts: areAddresses),
          .optional(example: "127.0.0.1"),
          "Numeric addresses of the proxies in front, separated by spaces. What these say in "
            + "X-Forwarded-For is believed, and bounds are those of the address they forward."),
      ]),
    Section(
      "pages", "The files of the dashboard.",
      keys: [
        Key("web", .path, .standard("/usr/share/worker-station/web"), "The folder of its pages."),
        Key(
          "texts", .path, .standard("/usr/share/worker-station/texts"),
          "The folder of the text catalogues."),
      ]),
    Section(
      "broker", "The MQTT broker. The service's account there is \"service\".",
      keys: [
        Key("host", .text, .standard("127.0.0.1"), "The broker's name or address."),
        Key("port", .integer(1...65_535, unit: ""), .standard("1883"), "The broker's port."),
        Key(
          "login", .choice(["password", "certificate"]), .standard("password"),
          "The way in which the service shows who it is: by the credential mqtt-password, without TLS, which is "
            + "for a broker on this machine; or by TLS with a certificate of its own [authority]."),
        Key(
          "longest-pause", .duration(.seconds(1)...(.seconds(600))), .standard("30 s"),
          "The longest pause between two attempts to connect."),
      ]),
    AuthoritySettings.section,
    Section(
      "credentials",
      "The secrets mqtt-password, api-tokens (a line each, actor:role:token, role manager or "
        + "viewer), issuer-key, command-key and https-key (PEM private keys) come from systemd.",
      keys: [
        Key(
          "directory", .path, .optional(example: "/etc/worker-station/credentials"),
          "The folder that holds the credentials where systemd does not provide them.")
      ]),
    Section(
      "store", "The database.",
      keys: [
        Key(
          "path", .path, .standard("/var/lib/worker-station-management/management.sqlite"),
          "The file of the database.")
      ]),
    Section(
      "codes", "The member codes that the API issues.",
      keys: [
        Key(
          "life", .duration(.seconds(10)...(.seconds(600))), .standard("60 s"),
          "The life of a member code. Stations refuse more than 2 min unless they are configured "
            + "for it.")
      ]),
    Section(
      "points", "Points, which members exchange for goods.",
      keys: [
        Key(
          "grant-alone-up-to", .integer(0...1_000_000, unit: ""), .standard("500"),
          "The most points that one person decides about alone within a day, for all members or for "
            + "one. What is more waits for a second person: grants, issues, reversals, holds, prices."
        ),
        Key(
          "old-hold", .duration(.seconds(60)...(.seconds(604_800))), .standard("10 min"),
          "A hold that is open for longer needs somebody's attention. None ends by itself."),
        Key(
          "exchanges-per-station-and-hour", .integer(1...100_000, unit: ""), .standard("300"),
          "The number of exchanges that one station may ask for in an hour; a machine serves one "
            + "member after the other. Beyond it the station is refused, and an alarm is raised."),
        Key(
          "points-per-station-and-hour", .integer(1...1_000_000_000, unit: ""), .standard("20000"),
          "The number of points that may be set aside for one station in an hour."),
        Key(
          "new-members-per-station-and-hour", .integer(1...100_000, unit: ""), .standard("100"),
          "The number of members new to a station that it may ask for in an hour."),
      ]),
    IssuerSettings.section,
  ])

  /// Reads a configuration file.
  /// - Throws: every problem that it has.
  package init(_ bytes: [UInt8]) throws(ConfigurationError) {
    let configuration = try Self.table.read(bytes)
    let http = configuration.section("http")
    let broker = configuration.section("broker")
    address = http.text("address")
    port = http.integer("port")
    addressFile = http.optionalText("address-file")
    certificate = http.optionalText("certificate")
    certificateKey = http.optionalText("certificate-key")
    if certificate == nil, certificateKey != nil {
      throw ConfigurationError([
        ConfigurationProblem(
          line: http.line(of: "certificate-key"),
          "[http] certificate-key: there is no certificate beside it; set certificate")
      ])
    }
    connections = http.integer("connections")
    connectionsPerAddress = http.integer("connections-per-address")
    wrongTokens = http.integer("wrong-tokens")
    proxies = (http.optionalText("proxy") ?? "").split(separator: " ").map(String.init)
    pages = configuration.section("pages").text("web")
    texts = configuration.section("pages").text("texts")
    brokerHost = broker.text("host")
    brokerPort = broker.integer("port")
    longestPause = broker.duration("longest-pause")
    showsCertificate = broker.text("login") == "certificate"
    authority = AuthoritySettings(configuration.section("authority"))
    if showsCertificate, authority == nil {
      throw ConfigurationError([
        ConfigurationProblem(
          line: nil, "[broker]: login = certificate needs the broker's name in [authority]: broker")
      ])
    }
    credentials = configuration.section("credentials").optionalText("directory")
    storePath = configuration.section("store").text("path")
    codeLife = configuration.section("codes").duration("life")
    aloneUpTo = configuration.section("points").integer("grant-alone-up-to")
    let points = configuration.section("points")
    oldHold = points.duration("old-hold")
    stationLimits = StationLimits(
      holds: points.integer("exchanges-per-station-and-hour"),
      points: Int64(points.integer("points-per-station-and-hour")),
      newMembers: points.integer("new-members-per-station-and-hour"))
    issuers = IssuerSettings.read(configuration)
  }

  /// Whether only this machine can reach the service.
  package var isLoopback: Bool { address.hasPrefix("127.") || address == "::1" }
}
