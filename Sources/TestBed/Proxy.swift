// A real nginx before the service: with the configuration that the product ships, or as it comes.
import Configuration
import Foundation

/// The proxy of one run, on loopback ports of its own, with nothing of the system's configuration.
package final class Proxy {
  /// The content of `http { }`.
  package enum Configuration: Sendable {
    /// The file of firmware-config/nginx.
    case shipped
    /// The one line that everybody begins with.
    case plain
  }

  /// The name in the shipped file, for which the certificate is.
  package static let name = "station.example.org"

  /// The port of plain HTTP.
  package let port: Int
  /// The port of TLS; the plain configuration has none.
  package let securePort: Int
  /// By which a client knows the proxy.
  package let certificate: String
  private let program: Program

  /// - Parameter upstream: ADDRESS:PORT of the service; nil for a server that answers with what the
  ///   proxy says of its client: the forwarded address and protocol, the host, the connection.
  package init(_ folder: WorkFolder, _ configuration: Configuration, upstream: String?) throws {
    port = try FreePort.find()
    securePort = try FreePort.find()
    certificate = folder.file("nginx/proxy.crt")
    for kind in ["client", "proxy", "fastcgi", "uwsgi", "scgi"] {
      try folder.write("", to: "nginx/\(kind)/.keep")
    }
    let echo = try FreePort.find()
    let server = upstream ?? "127.0.0.1:\(echo)"
    let inner: String
    switch configuration {
    case .plain:
      inner = "server { listen 127.0.0.1:\(port); location / { proxy_pass http://\(server); } }"
    case .shipped:
      try Self.makeCertificate(folder)
      inner = try Self.shipped(folder, server, port, securePort)
    }
    let said = "$http_x_forwarded_for|$http_x_forwarded_proto|$http_host|$http_connection"
    // Started by root its worker would become a user who may not read this folder.
    let path = try folder.write(
      """
      \(geteuid() == 0 ? "user root;" : "")
      daemon off;
      worker_processes 1;
      pid \(folder.file("nginx/pid"));
      error_log stderr;
      events { worker_connections 1024; }
      http {
        access_log off;
        client_body_temp_path \(folder.file("nginx/client"));
        proxy_temp_path \(folder.file("nginx/proxy"));
        fastcgi_temp_path \(folder.file("nginx/fastcgi"));
        uwsgi_temp_path \(folder.file("nginx/uwsgi"));
        scgi_temp_path \(folder.file("nginx/scgi"));
        \(inner)
        server { listen 127.0.0.1:\(echo); location / { return 200 "\(said)\\n"; } }
      }

      """, to: "nginx/nginx.conf")
    let program = try Program(
      "nginx", ["-p", folder.file("nginx"), "-c", path], log: folder.file("nginx.log"))
    self.program = program
    let ports = configuration == .plain ? [port] : [port, securePort]
    try Deadline.wait(until: "nginx to listen (see \(program.logPath))") {
      guard program.isRunning else { throw TestBedError("nginx ended: \(program.log)") }
      return ports.allSatisfy { FreePort.isServed($0) }
    }
  }

  deinit { _ = try? program.stop() }

  /// The shipped file with the places of this run; every one of them has to be in it.
  private static func shipped(
    _ folder: WorkFolder, _ server: String, _ port: Int, _ securePort: Int
  ) throws -> String {
    var text = try String(
      contentsOfFile: Checkout.file("firmware-config/nginx/worker-station.conf"), encoding: .utf8)
    for (place, here) in [
      ("server 127.0.0.1:8080;", "server \(server);"),
      ("listen 80;", "listen 127.0.0.1:\(port);"),
      ("listen [::]:80;", ""),
      ("listen 443 ssl http2;", "listen 127.0.0.1:\(securePort) ssl http2;"),
      ("listen [::]:443 ssl http2;", ""),
      ("/etc/nginx/worker-station.crt", folder.file("nginx/proxy.crt")),
      ("/etc/nginx/worker-station.key", folder.file("nginx/proxy.key")),
    ] {
      guard text.contains(place) else { throw TestBedError("the shipped proxy lacks \(place)") }
      text = text.replacingOccurrences(of: place, with: here)
    }
    return text
  }

  private static func makeCertificate(_ folder: WorkFolder) throws {
    let made = try Program.run(
      "openssl",
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        "-days", "1", "-subj", "/CN=\(name)", "-addext", "subjectAltName=DNS:\(name)",
        "-keyout", folder.file("nginx/proxy.key"), "-out", folder.file("nginx/proxy.crt"),
      ])
    guard made.status == 0 else { throw TestBedError("openssl: \(made.output)") }
  }
}
