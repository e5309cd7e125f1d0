// The tokens of a running service: read again on a signal, and spoilt by one line no more.
import Foundation
import TestBed
import Testing

@Suite("Tokens of a running service")
struct TokenReloadTests {
  private let service: LiveManagement

  init() throws { service = try LiveManagement() }

  private func reload(_ tokens: String) throws {
    let before = service.management.log.count
    try service.folder.write(tokens, to: "management/credentials/api-tokens")
    kill(service.management.identifier, SIGHUP)
    try Deadline.wait(until: "the tokens to be read again") {
      service.management.log.dropFirst(before).contains("read again")
    }
  }

  @Test("after SIGHUP a token that was taken away is nobody's, a new one works, streams end")
  func reload() throws {
    let old = service.management.token
    let new = "new-token-0123456789"
    #expect(try service.api(token: old).call("GET", "/stations").status == 200)
    try reload("ann:manager:\(new)\n")
    #expect(try service.api(token: old).call("GET", "/stations").status == 401)
    #expect(try service.api(token: new).call("GET", "/stations").status == 200)
    #expect(service.management.isRunning)
  }

  @Test("a line that is no token is skipped and named by health and the dashboard's notices")
  func faulty() throws {
    let token = "new-token-0123456789"
    try reload("bob:king:secret-secret-secret\nann:manager:\(token)\n")
    let health = try service.health()
    #expect(health["credentials"] as? Bool == false)
    #expect(health["status"] as? String == "degraded")
    let api = service.api(token: token)
    let notices = try api.call("GET", "/refused-input").object["notices"] as? [String]
    #expect(notices == ["api-tokens, line 1: the role is viewer or manager"])
    #expect(service.management.log.contains("api-tokens, line 1"))
    #expect(!service.management.log.contains("secret-secret"))
    try reload("ann:manager:\(token)\n")
    #expect(try service.health()["credentials"] as? Bool == true)
  }

  @Test("a file of which no line can be used locks nobody out")
  func nothingUsable() throws {
    try service.folder.write(
      "alice : manager : a-token-0123456789\n", to: "management/credentials/api-tokens")
    kill(service.management.identifier, SIGHUP)
    try Deadline.wait(until: "the service to say so") {
      service.management.log.contains("the previous tokens remain in force")
    }
    #expect(try service.api.call("GET", "/stations").status == 200)
    #expect(!service.management.log.contains("a-token-0123456789"))
  }

  @Test("without the file a reload leaves the tokens as they were, and says so")
  func withoutFile() throws {
    try FileManager.default.removeItem(
      atPath: service.folder.file("management/credentials/api-tokens"))
    kill(service.management.identifier, SIGHUP)
    try Deadline.wait(until: "the service to say so") {
      service.management.log.contains("the previous tokens remain in force")
    }
    #expect(try service.api.call("GET", "/stations").status == 200)
    #expect(try service.health()["credentials"] as? Bool == false)
  }
}
