// Runs every input of Tests/FuzzCorpora through its probe: what fuzzing found once stays found.
import DecoderProbes
import Foundation
import Testing

@Suite("Every decoder keeps its properties")
struct CorpusTests {
  private static let corpora = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "FuzzCorpora")

  static let names = Probe.all.map(\.name)

  @Test("for every input that fuzzing has kept", arguments: names)
  func inputs(name: String) throws {
    let probe = try #require(Probe.all.first { $0.name == name })
    let folder = Self.corpora.appending(path: name)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(!files.isEmpty)
    for file in files {
      let bytes = try Data(contentsOf: folder.appending(path: file))
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

  @Test("a folder of inputs has its probe, and all of them are small")
  func folders() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.corpora.path)
    #expect(Set(folders) == Set(Self.names))
    #expect(Set(Self.names).count == Self.names.count)
    var size = 0
    let files = try #require(FileManager.default.enumerator(atPath: Self.corpora.path))
    while files.nextObject() != nil {
      guard files.fileAttributes?[.type] as? FileAttributeType == .typeRegular else { continue }
      size += files.fileAttributes?[.size] as? Int ?? 0
    }
    #expect(size < 300_000)
  }
}
