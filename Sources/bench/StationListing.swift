// The list of stations as the service answers it, beside nginx serving the same bytes of a file.
import Glibc
import Linux
import TestBed

/// Both servers get the same load of the same tool, in turn, while stations go on sending.
enum StationListing {
  static let part = Part(
    name: "stations",
    what: "GET /api/v1/stations of 100 stations at 100 records/s, beside nginx and a file"
  ) { report in
    let bed = try ServiceBed()
    let bytes = try bed.management.api.call("GET", "/stations").body
    let peer = try FileServer(bed.folder, body: String(decoding: bytes, as: UTF8.self))
    bed.crowd.send(StationCrowd.Order(perSecond: 100, count: 100 * 60))
    let header = "Authorization: Bearer \(bed.management.token)"
    var ours: [Double] = []
    var theirs: [Double] = []
    for _ in 0..<rounds {
      theirs.append(try load("http://127.0.0.1:\(peer.port)/stations", header))
      ours.append(try load("http://\(bed.management.address)/api/v1/stations", header))
    }
    try report.add(
      Figure(
        name: "stations.throughput", value: ours.mean, unit: "requests/s",
        reference: Figure.Reference(name: "requests/s of nginx", value: theirs.mean),
        bound: .atLeast(0.5)))
    try report.add(
      Figure(name: "stations.size", value: Double(bytes.count) / 1024, unit: "KiB"))
  }

  private static let rounds = 5

  /// Two seconds of load on 16 connections that are kept.
  /// - Returns: requests a second.
  private static func load(_ address: String, _ header: String) throws -> Double {
    let (status, output) = try Program.run(
      "wrk", ["-t", "1", "-c", "16", "-d", "2s", "-H", header, address])
    let line = output.split(separator: "\n").first { $0.hasPrefix("Requests/sec:") }
    guard status == 0, let number = line?.split(separator: " ").last.flatMap({ Double($0) }),
      !output.contains("Non-2xx"), !output.contains("Socket errors")
    else { throw TestBedError("wrk \(address): \(output)") }
    return number
  }
}

extension [Double] {
  fileprivate var mean: Double { reduce(0, +) / Double(count) }
}

/// nginx with one process, one file, and nothing of the system's configuration.
private final class FileServer {
  let port: Int
  private let program: Program

  init(_ folder: WorkFolder, body: String) throws {
    port = try FreePort.find()
    try folder.write(body, to: "nginx/files/stations")
    for kind in ["client", "proxy", "fastcgi", "uwsgi", "scgi"] {
      try folder.write("", to: "nginx/\(kind)/.keep")
    }
    // Started by root its worker would become a user who may not read this folder.
    let configuration = try folder.write(
      """
      \(geteuid() == 0 ? "user root;" : "")
      daemon off;
      worker_processes 1;
      pid \(folder.file("nginx/pid"));
      error_log stderr;
      events { worker_connections 256; }
      http {
        access_log off;
        sendfile on;
        tcp_nopush on;
        keepalive_requests 100000000;
        default_type application/json;
        open_file_cache max=10;
        client_body_temp_path \(folder.file("nginx/client"));
        proxy_temp_path \(folder.file("nginx/proxy"));
        fastcgi_temp_path \(folder.file("nginx/fastcgi"));
        uwsgi_temp_path \(folder.file("nginx/uwsgi"));
        scgi_temp_path \(folder.file("nginx/scgi"));
        server {
          listen 127.0.0.1:\(port);
          root \(folder.file("nginx/files"));
        }
      }

      """, to: "nginx/nginx.conf")
    let program = try Program(
      "nginx", ["-p", folder.file("nginx"), "-c", configuration], log: folder.file("nginx.log"))
    self.program = program
    let port = port
    try Deadline.wait(until: "nginx to listen (see \(program.logPath))") {
      guard program.isRunning else { throw TestBedError("nginx ended: \(program.log)") }
      return FreePort.isServed(port)
    }
  }

  deinit { _ = try? program.stop() }
}
