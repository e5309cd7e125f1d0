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
    let folder = try copy()
    let family = "Sources/StationProtocol/Door/records.yaml"
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

  @Test("a word that is new in Swift is missed in both contract files, and put there")
  func newWord() throws {
    let folder = try copy()
    let alarms = "Sources/StationProtocol/Alarm/Alarm.swift"
    let text = try String(contentsOfFile: folder.file(alarms), encoding: .utf8)
    _ = try folder.write(
      text.replacing("  case tamper\n", with: "  case tamper\n  case meteorHit = \"meteor-hit\"\n"),
      to: alarms)
    let (status, output) = try assemble(["--check"], in: folder.path)
    #expect(status == 1)
    #expect(output.components(separatedBy: "+        - meteor-hit\n").count == 3, "\(output)")
    #expect(try assemble([], in: folder.path).0 == 0)
    #expect(try assemble(["--check"], in: folder.path).0 == 0)
  }

  @Test("a word's doc comment in Swift is its description in both contract files")
  func newComment() throws {
    let folder = try copy()
    let quantities = "Sources/StationProtocol/Climate/Measurement.swift"
    let text = try String(contentsOfFile: folder.file(quantities), encoding: .utf8)
    _ = try folder.write(text.replacing("in tenths of a volt,", with: "in volts,"), to: quantities)
    #expect(try assemble(["--check"], in: folder.path).0 == 0)
    _ = try folder.write(text.replacing("In tenths of a volt,", with: "In volts,"), to: quantities)
    let (status, output) = try assemble(["--check"], in: folder.path)
    #expect(status == 1)
    let line = "+        `voltage`: In volts, from 0 to 10,000.\n"
    #expect(output.components(separatedBy: line).count == 3, "\(output)")
  }

  @Test("a list of words that Swift does not declare once is refused by its name")
  func noSuchWords() throws {
    let folder = try copy()
    let family = "Sources/StationProtocol/Alarm/records.yaml"
    let text = try String(contentsOfFile: folder.file(family), encoding: .utf8)
    for name in ["Weather", "Kind"] {
      _ = try folder.write(text.replacing("words of Alarm", with: "words of \(name)"), to: family)
      let (status, output) = try assemble(["--check"], in: folder.path)
      #expect(status == 1)
      #expect(output.contains("\(family): \(name) is not one enum of words"), "\(output)")
    }
  }

  /// The script and all that it reads.
  private func copy() throws -> WorkFolder {
    let folder = try WorkFolder()
    let room = "Sources/StationProtocol"
    let names = try FileManager.default.subpathsOfDirectory(atPath: Checkout.file(room))
    let read = names.filter { $0.hasSuffix(".swift") || $0.hasSuffix(".yaml") }
    for file in [Self.script, Contract.calls.rawValue] + read.map({ "\(room)/\($0)" }) {
      let text = try String(contentsOfFile: Checkout.file(file), encoding: .utf8)
      _ = try folder.write(text, to: file)
    }
    return folder
  }
}
