// Holds the rules over the tree as it is.
import Foundation
import Testing

@Suite("The tree keeps its own rules")
struct TreeTests {
  @Test("every import is one that the architecture allows")
  func imports() { expectNone(Tree.files.flatMap(importFaults)) }

  @Test("Package.swift declares no dependency that the architecture does not allow")
  func declarations() throws {
    let package = try #require(Tree.files.first { $0.path == "Package.swift" })
    let declared = declaredDependencies(package.text)
    #expect(declared.keys.sorted() == Architecture.imports.keys.sorted())
    for (target, dependencies) in declared.sorted(by: { $0.key < $1.key }) {
      let more = dependencies.filter { !Architecture.imports[target, default: []].contains($0) }
      #expect(more.isEmpty, "Package.swift: \(target) may not depend on \(more)")
    }
  }

  @Test("the rooms of a module use each other in no circle")
  func rooms() {
    for module in roomedModules {
      #expect(roomUses(Tree.files, in: module).count > 10, "\(module) has no rooms to be held")
      expectNone(roomFaults(Tree.files, in: module))
    }
  }

  @Test("no folder of a module with rooms holds too many files")
  func crowds() {
    for module in roomedModules { print(sizeReport(Tree.files, of: module)) }
    expectNone(crowdFaults(Tree.files))
  }

  @Test("each C library has exactly one owner")
  func owners() {
    let modules = Tree.files.filter { $0.path.hasSuffix("/module.modulemap") }
      .map { String($0.path.split(separator: "/")[2]) }
    #expect(!modules.isEmpty)
    for module in modules {
      let owners = Architecture.imports.filter { $0.value.contains(module) }.keys.sorted()
      #expect(
        owners.count == 1, "\(module) is owned by \(owners): one target wraps it for the rest")
    }
  }

  @Test("no forbidden word stands in code", arguments: WordRule.all)
  func words(rule: WordRule) { expectNone(Tree.files.flatMap(rule.faults)) }

  @Test("no file and no function is too long")
  func sizes() { expectNone(Tree.files.flatMap { sizeFaults($0) + functionFaults($0) }) }

  @Test("every file begins with a sentence that says what it is for")
  func purposes() { expectNone(Tree.files.flatMap(purposeFaults)) }

  @Test("every doc comment names its subject")
  func subjects() { expectNone(Tree.files.flatMap(subjectFaults)) }

  @Test("no attribute holds an interpolation or a closure")
  func attributes() { expectNone(Tree.files.flatMap(attributeFaults)) }

  @Test("no type is named after nothing")
  func typeNames() { expectNone(Tree.files.flatMap(typeNameFaults)) }

  @Test("SQL stands in Storage folders alone")
  func queries() { expectNone(Tree.files.flatMap(queryFaults)) }

  @Test("every test that an article cites is there")
  func citations() { expectNone(Tree.files.flatMap { citationFaults($0, Tree.files) }) }

  @Test("every link of an article leads to a file, and the README is short")
  func links() {
    expectNone(
      Tree.files.flatMap { article in
        linkFaults(article) { path in
          FileManager.default.fileExists(atPath: "\(Tree.root)/\(path)")
        } + lengthFaults(ofREADME: article)
      })
  }

  @Test("no work is put off in a comment")
  func postponements() { expectNone(Tree.files.flatMap(postponementFaults)) }

  @Test("the top of the tree holds what it should and nothing else")
  func topLevel() { expectNone(topLevelFaults(Tree.topLevel)) }

  @Test("the text catalogues have the same keys and parameters")
  func catalogues() {
    expectNone(
      catalogueFaults(
        Tree.files.filter { $0.path.hasPrefix("Sources/Texts/") && $0.kind == "json" }))
  }

  private func expectNone(_ faults: [Fault], sourceLocation: SourceLocation = #_sourceLocation) {
    for fault in faults {
      Issue.record(Comment(rawValue: fault.description), sourceLocation: sourceLocation)
    }
  }
}
