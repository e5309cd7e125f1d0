// The exchange machine of a stationboard that runs, worked through its page and asked on its line.
import Foundation
import Linux
import Testing
import Time

@testable import SimulatedBoard

@Suite("Machine panel")
struct MachinePanelTests {
  @Test("what the page does to the machine is what its line answers")
  func panel() throws {
    let board = try BoardProcess(hasMachine: true)
    let port = try SerialPort("\(board.folder)/machine", speed: 9600)
    let check = ColumnBoardTests.order(0, 3, type: 0x72)
    #expect(port.write(check))
    #expect(try answer(port)[1] == 0)
    #expect(try board.post("/machine", #"{"order":"fault 3 not-home"}"#).status == 200)
    #expect(port.write(check))
    #expect(try answer(port)[1] == 0x04)
    let machine = try #require(try state(board)["machine"] as? [String: Any])
    let column = try #require((machine["columns"] as? [[String: Any]])?.first)
    #expect(column["column"] as? Int == 3 && column["fault"] as? String == "not-home")
    #expect(machine["orders"] as? Int == 2)
  }

  @Test("a code shown at the machine comes out of its reader, and out of no other")
  func code() throws {
    let board = try BoardProcess(hasMachine: true)
    let reader = try SerialPort("\(board.folder)/reader-machine", speed: 115_200)
    #expect(try board.post("/machine-code", #"{"kind":"good","member":"m-2"}"#).status == 200)
    var bytes: [UInt8] = []
    try board.wait("the code") {
      bytes += reader.read() ?? []
      return bytes.last == 0x0D
    }
    #expect(bytes.count > 100)
    #expect(try board.post("/machine-code", #"{"kind":"same"}"#).status == 200)
    var again: [UInt8] = []
    try board.wait("the code again") {
      again += reader.read() ?? []
      return again.count >= bytes.count
    }
    #expect(again == bytes)
  }

  @Test("what is no order is refused, and so is everything where there is no machine")
  func refusals() throws {
    let board = try BoardProcess(hasMachine: true)
    for body in [
      "{}", #"{"order":"state"}"#, #"{"order":"fault 0 jam"}"#, #"{"order":"x"}"#,
      #"{"kind":"good"}"#, #"{"order":"detector good","kind":"good"}"#,
    ] {
      #expect(try board.post("/machine", body).status == 400, "\(body)")
    }
    #expect(try board.post("/machine-code", #"{"kind":"perfect"}"#).status == 400)
    let without = try BoardProcess()
    let answer = try without.post("/machine", #"{"order":"detector good"}"#)
    #expect(answer.status == 409)
    #expect(try without.post("/machine-code", #"{"kind":"good"}"#).status == 409)
    #expect(try state(without)["machine"] == nil)
  }

  private func state(_ board: BoardProcess) throws -> [String: Any] {
    let text = try board.send("GET", "/state").body
    let json = try JSONSerialization.jsonObject(with: Data(text.utf8))
    return try #require(json as? [String: Any])
  }

  private func answer(_ port: SerialPort) throws -> [UInt8] {
    var bytes: [UInt8] = []
    let limit = Clock.now + .seconds(10)
    while bytes.count < 8 {
      try #require(Clock.now < limit, "no answer came")
      bytes += port.read() ?? []
    }
    return bytes
  }
}
