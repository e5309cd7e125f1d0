// Runs every input of Tests/FuzzCorpora through its probe: what fuzzing found once stays found.
import DecoderProbes
import Foundation
import TestBed
import Testing

@Suite("Every decoder keeps its properties")
struct CorpusTests {
  static let names = Probe.all.map(\.name)

  @Test("for every input that fuzzing has kept", arguments: names)
  func inputs(name: String) throws {
    let probe = try #require(Probe.all.first { $0.name == name })
    let work = try WorkFolder()
    let folder = work.file("kept")
    let ending = try Program.run(Checkout.file(".ci/corpus"), ["unpack", name, folder])
    try #require(ending.status == 0, "\(ending.output)")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    #expect(!files.isEmpty)
    for file in files {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(file)"))
      #expect(bytes.count <= probe.longest, "\(name)/\(file) is longer than the fuzzer's inputs")
      do {
        try probe.run(Array(bytes))
      } catch {
        Issue.record("\(name)/\(file): \(error)")
      }
    }
  }

  @Test("for the shortest inputs of all", arguments: names)
  func shortInputs(name: String) throws {
    let probe = try #require(Probe.all.first { $0.name == name })
    try probe.run([])
    for byte in UInt8.min...UInt8.max { try probe.run([byte]) }
  }

  /// Few inputs that fuzzing keeps are CBOR through and through; of short ones at random many are.
  @Test("CBOR is read as libcbor reads it")
  func cbor() throws {
    let probe = try #require(Probe.all.first { $0.name == "cbor" })
    var generator = SeededGenerator(seed: 2)
    for _ in 0..<60_000 {
      let bytes = generator.bytes(Int.random(in: 0...12, using: &generator))
      do {
        try probe.run(bytes)
      } catch {
        Issue.record("\(bytes): \(error)")
      }
    }
  }

  @Test("inputs that are unpacked and packed again are the same two files")
  func packing() throws {
    let work = try WorkFolder()
    for name in Self.names {
      let place = Checkout.file("Tests/FuzzCorpora/\(name)")
      let before = try ["named.txt", "found.tar"].map { file in
        try Data(contentsOf: URL(fileURLWithPath: "\(place)/\(file)"))
      }
      let copy = work.file("copy/Tests/FuzzCorpora/\(name)")
      for (arguments, script) in [
        (["unpack", name, work.file("in/\(name)")], Checkout.file(".ci/corpus")),
        (["pack", name, work.file("in/\(name)")], try Self.script(in: work)),
      ] {
        let ending = try Program.run(script, arguments)
        try #require(ending.status == 0, "\(name): \(ending.output)")
      }
      let after = try ["named.txt", "found.tar"].map { file in
        try Data(contentsOf: URL(fileURLWithPath: "\(copy)/\(file)"))
      }
      #expect(before == after, "\(name)")
    }
  }

  /// The script in a tree of its own, so that it writes nothing here.
  private static func script(in work: WorkFolder) throws -> String {
    let place = work.file("copy/.ci/corpus")
    guard !FileManager.default.fileExists(atPath: place) else { return place }
    try FileManager.default.createDirectory(
      atPath: work.file("copy/.ci"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: Checkout.file(".ci/corpus"), toPath: place)
    return place
  }

  @Test("a folder of inputs has its probe, and all of them are small")
  func folders() throws {
    let corpora = Checkout.file("Tests/FuzzCorpora")
    let folders = try FileManager.default.contentsOfDirectory(atPath: corpora)
    #expect(Set(folders) == Set(Self.names))
    #expect(Set(Self.names).count == Self.names.count)
    var size = 0
    var count = 0
    let files = try #require(FileManager.default.enumerator(atPath: corpora))
    while files.nextObject() != nil {
      guard files.fileAttributes?[.type] as? FileAttributeType == .typeRegular else { continue }
      size += files.fileAttributes?[.size] as? Int ?? 0
      count += 1
    }
    #expect(size < 2_000_000)
    #expect(count == 2 * Self.names.count)
  }
}
