// From an order at the API to the command at the strike, by way of service, broker and journal.
import Glibc
import Linux
import TestBed
import Time

/// The clock starts before the request is written to the service's socket and stops when the board is
/// asked to release the strike. In between lie a commit of the service, a signature, the broker, the
/// verification, and a commit of the station. The floor is a plain program that publishes through the
/// same broker and writes what comes back to the same disk.
enum CommandPath {
  static let part = Part(
    name: "commands", what: "an order at the API to the strike command, 300 orders"
  ) { report in
    let bed = try DoorBed()
    // Before the service has its account at the broker to itself.
    try bed.management.stop()
    let floor = try relay(bed)
    try bed.management.start()
    let rounds = try DoorRounds(codes: 1)
    var plan = bed.plan
    plan.serviceKey = bed.management.commandKey
    let station = try DoorStation(plan, issuerKey: rounds.issuerKey)
    try Deadline.wait(until: "the station's operations") {
      (try bed.management.station(DoorStation.name)["operations"] as? [String])?.isEmpty == false
    }
    let times = Quantiles(try order(bed, station))
    for (quantile, value, reference, limit) in [
      ("p50", times.p50, floor.p50, 5.0), ("p99", times.p99, floor.p99, 10),
    ] {
      try report.add(
        Figure(
          name: "commands.\(quantile)", value: value / 1000, unit: "ms",
          reference: Figure.Reference(
            name: "ms publish, subscribe and write", value: reference / 1e6),
          bound: .atMost(limit)))
    }
  }

  private static let count = 300
  /// A command lives for a second, and a station takes 64 at a time.
  private static let pause: Duration = .milliseconds(25)

  private static func relay(_ bed: DoorBed) throws -> (p50: Double, p99: Double) {
    let relay = try PipedProgram.reference(
      "relay", ["\(bed.broker.port)", "service", DoorBed.password, bed.file("relay.data"), "500"])
    let numbers = relay.receiveRest().split(whereSeparator: \.isWhitespace).compactMap {
      Double($0)
    }
    guard numbers.count == 2 else { throw TestBedError("the relay did not get its messages back") }
    return (numbers[0], numbers[1])
  }

  /// - Returns: nanoseconds of each order.
  private static func order(_ bed: DoorBed, _ station: DoorStation) throws -> [Int64] {
    let descriptor = try StreamReader.connect(bed.management.address)
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 8192)
    return try (0..<count).map { number in
      let body = #"{"key":"bench-\#(number)","op":"open","ap":1,"ttl":1}"#
      let request = Array(
        """
        POST /api/v1/stations/\(DoorStation.name)/commands HTTP/1.1\r
        Host: \(bed.management.address)\r
        Authorization: Bearer \(bed.management.token)\r
        Content-Type: application/json\r
        Content-Length: \(body.utf8.count)\r
        \r
        \(body)
        """.utf8)
      let start = Clock.now
      guard write(descriptor, request, request.count) == request.count else {
        throw TestBedError("the service takes no request")
      }
      let released = try station.waitForRelease()
      let read = recv(descriptor, &buffer, buffer.count, 0)
      guard read > 12, buffer.starts(with: Array("HTTP/1.1 202".utf8)) else {
        throw TestBedError(
          "the service answers \(String(decoding: buffer.prefix(max(0, read)), as: UTF8.self))")
      }
      Clock.rest(until: start + pause)
      return (released - start).wholeNanoseconds
    }
  }
}
