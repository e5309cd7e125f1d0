// The main job from end to end: a code travels from the service's API through a QR image to a door,
// and the passage back to whoever watches the dashboard.
import Foundation
import TestBed

extension Chapter {
  static let door = Chapter(
    name: "door", about: "a code from issue to entry, the count, and refusals", stations: 3
  ) { telling in
    let stream = try EventStream(telling.system.management.api, "/events/stream")
    defer { stream.close() }
    try telling.step("dashboard: \(telling.system.stations.count) stations are online") {
      try Deadline.wait(until: "every station to be online") {
        try telling.system.stations.allSatisfy {
          try telling.system.management.station($0.plan.name)["online"] as? Bool == true
        }
      }
    }
    let code = try telling.tellOfCode()
    let shown = Date()
    try telling.tellOfEntry(code)
    try telling.tellOfCount(stream)
    try telling.tellOfRefusals(code, shown: shown)
  }

  static let outage = Chapter(
    name: "outage", about: "entry while the broker is down, and every record afterwards"
  ) { try $0.tellOfOutage() }
}

extension Telling {
  fileprivate func tellOfCode() throws -> String {
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

  fileprivate func tellOfEntry(_ code: String) throws {
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

  fileprivate func tellOfCount(_ stream: EventStream) throws {
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

  fileprivate func tellOfRefusals(_ code: String, shown: Date) throws {
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

  fileprivate func tellOfOutage() throws {
    let code = try freshCode("m-story-2")
    try step("broker: SIGKILL") {
      system.broker.kill()
      guard !system.broker.isRunning else { throw TestBedError("the broker lives") }
    }
    try step("a member enters all the same") {
      try letIn(code)
      try wait("strike", false)
    }
    try step("broker: back") { try system.broker.start() }
    let count = try step("every record is in the service exactly once") {
      try system.waitForDelivery(from: station)
    }
    try step("API: \(count) records, one person inside") {
      try Deadline.wait(until: "occupancy 1 in the API") { try self.inside() == 1 }
    }
  }
}
