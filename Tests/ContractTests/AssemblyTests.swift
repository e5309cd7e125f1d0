// The schemas of records stand once, beside their families, and both contract files hold them.
import Foundation
import TestBed
import Testing

@Suite("Assembled contracts")
struct AssemblyTests {
  private static let script = ".ci/assemble-contracts"

  private func assemble(_ arguments: [String], in root: String) throws -> (Int32, String) {
    let answer = try Program.run("/usr/bin/python3", ["-B", "\(root)/\(Self.script)"] + arguments)
    return (answer.status, answer.output)
  }

  @Test("both contract files are what the families' schemas make of them")
  func isAssembled() throws {
    let (status, output) = try assemble(["--check"], in: Checkout.root)
    #expect(status == 0, "\(output)")
  }

  @Test("a schema that was changed in a family, or in a contract file, is found")
  func planted() throws {
    let folder = try WorkFolder()
    let family = "Sources/StationProtocol/Door/records.yaml"
    for file in [Self.script, Contract.messages.rawValue, Contract.calls.rawValue, family]
      + ["Alarm", "Climate", "Entry", "Exchange", "Occupancy", "Station", "Stream"].map({
        "Sources/StationProtocol/\($0)/records.yaml"
      })
    {
      let text = try String(contentsOfFile: Checkout.file(file), encoding: .utf8)
      _ = try folder.write(text, to: file)
    }
    #expect(try assemble(["--check"], in: folder.path).0 == 0)
    let schema = try String(contentsOfFile: folder.file(family), encoding: .utf8)
    _ = try folder.write(schema.replacing("door-locked", with: "door-shut"), to: family)
    let (status, output) = try assemble(["--check"], in: folder.path)
    #expect(status == 1)
    #expect(output.contains("+        kind: {const: door-shut}"))
    #expect(output.contains("+        - door-shut"))
    #expect(try assemble([], in: folder.path).0 == 0)
    #expect(try assemble(["--check"], in: folder.path).0 == 0)
    let calls = try String(contentsOfFile: folder.file(Contract.calls.rawValue), encoding: .utf8)
    _ = try folder.write(
      calls.replacing("- door-shut", with: "- door-ajar"), to: Contract.calls.rawValue)
    #expect(try assemble(["--check"], in: folder.path).0 == 1)
  }
}
