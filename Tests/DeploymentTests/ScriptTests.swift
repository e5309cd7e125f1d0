// The scripts of the tree, and the list of packages that they read.
import Foundation
import TestBed
import Testing

@Suite("Scripts are sound")
struct ScriptTests {
  @Test("shellcheck has nothing to say about any script")
  func shellcheck() throws {
    let scripts = try Self.scripts()
    #expect(scripts.contains(".ci/install-packages") && scripts.contains(".ci/run"))
    let ending = try Ending.of("shellcheck", scripts)
    #expect(ending.status == 0, "\(ending.output)")
  }

  @Test("every script stops at the first error and may be run")
  func strict() throws {
    for script in try Self.scripts() {
      #expect(try shipped(script).contains("\nset -e"), "\(script)")
      #expect(FileManager.default.isExecutableFile(atPath: "\(root)/\(script)"), "\(script)")
    }
  }

  @Test("a package is listed once, with a known purpose and a reason")
  func packages() throws {
    var seen: Set<Substring> = []
    for line in try shipped(".ci/packages").split(separator: "\n") where !line.hasPrefix("#") {
      let words = line.split(separator: " ")
      #expect(words.count > 3, "\(line)")
      #expect(["build", "run", "test", "bench", "hardware"].contains(words[0]), "\(line)")
      #expect(seen.insert(words[1]).inserted, "\(line)")
    }
    #expect(seen.isSuperset(of: ["libsodium-dev", "mosquitto", "shellcheck"]))
  }

  @Test("the list has every package that Package.swift names")
  func providers() throws {
    let package = try shipped("Package.swift")
    let listed = try shipped(".ci/packages")
    let named = package.matches(of: #/library\("\w+", "[^"]+", "([^"]+)"\)/#).map(\.1)
    #expect(named.count > 5)
    for name in named { #expect(listed.contains("build  \(name) "), "\(name)") }
  }

  @Test("an unknown purpose is refused before anything is asked of the network")
  func unknownPurpose() throws {
    let ending = try Ending.of(".ci/install-packages", ["leisure"])
    #expect(ending.status == 1)
    #expect(
      ending.output == "packages: unknown purpose 'leisure': build, run, test, bench or hardware.\n"
    )
  }

  @Test("a stage tells its name, its time, and the status of its command")
  func stages() throws {
    let folder = try Folder()
    let run = { (script: String) in
      try Ending.of("bash", ["-c", "cd \(folder.path) && \(script)"])
    }
    let stage = "\(root)/.ci/stage"
    let good = try run("\(stage) first echo hello && \(stage) second echo 'Test run with 3 tests'")
    #expect(good.status == 0)
    #expect(
      good.output.contains(#/\nstage first: echo hello\nhello\nstage first: done in \d+ s\n/#))
    let bad = try run("\(stage) third bash -c 'exit 7'")
    #expect(bad.status == 7)
    #expect(bad.output.contains("stage third FAILED"))
    let summary = try run("\(stage) --summary")
    #expect(summary.output.hasSuffix("Test run with 3 tests\n"))
    #expect(summary.output.contains("stage first "))
  }

  @Test("a stage beside others is waited for, fails the next with itself, and ends with its run")
  func stagesBeside() throws {
    let folder = try Folder()
    let run = { (script: String) in
      // With its signals open, as a shell's are.
      try Program.run(
        "bash", ["-c", "cd \(folder.path) && stage=\(root)/.ci/stage && \(script)"])
    }
    let good = try run(
      """
      mkfifo go && $stage --beside side bash -c 'read -r word <go; echo "heard: $word"' &&
      $stage first bash -c 'echo good >go' && $stage --await side && $stage --summary
      """)
    #expect(good.status == 0, "\(good.output)")
    #expect(good.output.contains("\nheard: good\nstage side: done in "))
    #expect(good.output.contains(#/\nstage side +\d+ s  \(beside others, waited for \d+ s\)\n/#))
    let over = "tail --pid=$(cat .build/stages/bad.group) -f /dev/null"
    let bad = try run(
      """
      $stage --beside bad bash -c 'echo dreadful; exit 7' && \(over) && $stage next touch never
      """)
    #expect(bad.status == 7)
    #expect(bad.output.contains(#/\ndreadful\nstage bad FAILED after \d+ s \(exit status 7\)\n/#))
    #expect(!FileManager.default.fileExists(atPath: folder.path("never")))
    #expect(try run("$stage --await bad").status == 7)
    let ended = try run(
      """
      mkfifo up && $stage --beside long bash -c 'echo $$ >up; exec tail -f /dev/null' &&
      read -r process <up && kill -0 "$process" && $stage --end && ! kill -0 "$process"
      """)
    #expect(ended.status == 0, "\(ended.output)")
    #expect(ended.output.contains("\nstage long: ended, because its run is over\n"))
  }

  /// Known by their first line, wherever they are.
  private static func scripts() throws -> [String] {
    try ["Sources", "Tests", ".ci", "systemd", "firmware-config"].flatMap { folder in
      try filesUnder("\(root)/\(folder)").map { "\(folder)/\($0)" }.filter { path in
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: "\(root)/\(path)"))
        defer { try? handle.close() }
        let start = String(decoding: try handle.read(upToCount: 64) ?? Data(), as: UTF8.self)
        return start.prefixMatch(of: #/#!.*[\/ ](ba)?sh\n/#) != nil
      }
    }
  }
}
