// The main job from end to end without a person, each step with the time at which it happened.
import Foundation
import TestBed

/// Tells what a station is for, with real programs only: a code travels from the service's API
/// through a QR image to a door, and the passage back to whoever watches the dashboard.
final class Story {
  let system: WholeSystem
  let station: StationUnderTest
  private let start = Date()
  private var steps = 0

  init(_ system: WholeSystem) {
    self.system = system
    station = system.stations[0]
  }

  func tell() throws {
    let stream = try EventStream(system.management.api, "/events/stream")
    defer { stream.close() }
    try step("dashboard: \(system.stations.count) stations are online") {
      try Deadline.wait(until: "every station to be online") {
        try system.stations.allSatisfy {
          try system.management.station($0.plan.name)["online"] as? Bool == true
        }
      }
    }
    let code = try tellOfCode()
    let shown = Date()
    try tellOfEntry(code)
    try tellOfCount(stream)
    try tellOfRefusals(code, shown: shown)
    try tellOfOutage()
    try tellOfMachine()
    try tellOfAlarms()
    Demo.say("demo: \(steps) steps, all of them happened")
  }

  private func tellOfCode() throws -> String {
    let member = try step("enrol: a member, by pseudonym") {
      try system.management.enrol("m-story-1")
    }
    let image = system.folder.file("code.png")
    try step("issue: a code for 60 s, as a PNG image of a QR symbol") {
      let answer = try system.management.api.call(
        "POST", "/members/\(member)/codes", json: "{}", headers: ["Accept": "image/png"])
      guard answer.status == 200 else { throw TestBedError("\(answer.status) \(answer.text)") }
      try answer.body.write(to: URL(fileURLWithPath: image))
    }
    return try step("read: zbarimg reads the image back") {
      let read = try Program.run("zbarimg", ["--quiet", "--raw", image])
      // A code may end with a space: only the line's end is taken off.
      let text = read.output.hasSuffix("\n") ? String(read.output.dropLast()) : read.output
      guard read.status == 0, !text.isEmpty else { throw TestBedError(read.output) }
      return text
    }
  }

  private func tellOfEntry(_ code: String) throws {
    try step("reader: the code is written to the scanner's serial line") {
      try station.order("/scan", ["text": code])
    }
    try step("strike on") { try wait("strike", true) }
    try station.order("/walk", ["action": "in"])
    try step("contact opens") { try wait("leaf", "open") }
    try step("beams: someone passes") {
      try wait("outerBeam", false)
      try wait("innerBeam", false)
    }
    try step("contact closes") { try wait("leaf", "closed") }
    try step("strike off") { try wait("strike", false) }
  }

  private func tellOfCount(_ stream: EventStream) throws {
    try step("API: one person is inside") {
      try Deadline.wait(until: "occupancy 1 in the API") { try self.inside() == 1 }
    }
    try step("event stream: the passage, and one person inside") {
      let name = station.plan.name
      try Deadline.wait(until: "the passage in the event stream") {
        let events = stream.events
        let isPassage = events.contains {
          let record = $0.object["record"] as? [String: Any]
          return $0.name == "record" && $0.object["station"] as? String == name
            && record?["kind"] as? String == "passage" && record?["inside"] as? Int == 1
        }
        let isCounted = events.contains {
          let occupancy = $0.object["occupancy"] as? [String: Any]
          return $0.name == "station" && $0.object["id"] as? String == name
            && occupancy?["inside"] as? Int == 1
        }
        return isPassage && isCounted
      }
    }
  }

  private func tellOfRefusals(_ code: String, shown: Date) throws {
    // The same bytes within three seconds are one presentation, not a second try.
    Thread.sleep(until: shown.addingTimeInterval(3.5))
    try step("the same code again: refused, replayed") {
      try station.order("/scan", ["text": code])
      try waitForRefusal("replayed")
    }
    try step("an expired code: refused, expired") {
      try station.order("/code", ["kind": "expired"])
      try waitForRefusal("expired")
    }
    try step("a code of a foreign issuer: refused, unknown-key") {
      try station.order("/code", ["kind": "foreign"])
      try waitForRefusal("unknown-key")
    }
    try step("nobody was let in by those: the strike is off, one is inside") {
      try wait("strike", false)
      guard try inside() == 1 else { throw TestBedError("someone else is inside") }
    }
  }

  private func tellOfOutage() throws {
    let member = try system.management.enrol("m-story-2")
    let code = try system.management.code(for: member)
    try step("broker: SIGKILL") {
      system.broker.kill()
      guard !system.broker.isRunning else { throw TestBedError("the broker lives") }
    }
    try step("another member enters all the same") {
      try station.order("/scan", ["text": code])
      try wait("strike", true)
      try station.order("/walk", ["action": "in"])
      try wait("leaf", "open")
      try wait("leaf", "closed")
      try wait("strike", false)
    }
    try step("broker: back") { try system.broker.start() }
    let count = try step("every record is in the service exactly once") {
      try system.waitForDelivery(from: station)
    }
    try step("API: \(count) records, two people inside") {
      try Deadline.wait(until: "occupancy 2 in the API") { try self.inside() == 2 }
    }
  }

  // MARK: - Looking

  func inside() throws -> Int? {
    let occupancy = try system.management.station(station.plan.name)["occupancy"]
    return (occupancy as? [String: Any])?["inside"] as? Int
  }

  func wait<Value: Equatable>(_ key: String, _ value: Value) throws {
    try Deadline.wait(until: "\(key) to be \(value) at \(station.plan.name)") {
      try station.accessPoint()[key] as? Value == value
    }
  }

  func waitForRefusal(_ reason: String) throws {
    try Deadline.wait(until: "the refusal \(reason) at the door") {
      let shown = try station.accessPoint()["shown"] as? [String: Any]
      return shown?["outcome"] as? String == "refused" && shown?["reason"] as? String == reason
    }
    try Deadline.wait(until: "the refusal \(reason) in the service") {
      try system.management.records(of: station.plan.name).contains {
        let record = $0["record"] as? [String: Any]
        return record?["kind"] as? String == "entry-refused"
          && record?["reason"] as? String == reason
      }
    }
  }

  @discardableResult
  func step<Value>(_ what: String, _ body: () throws -> Value) throws -> Value {
    let value: Value
    do {
      value = try body()
    } catch {
      Demo.say("  FAILED       \(what)")
      throw error
    }
    steps += 1
    let seconds = String(format: "%8.3f s", Date().timeIntervalSince(start))
    Demo.say("\(seconds)   \(what)")
    return value
  }
}
