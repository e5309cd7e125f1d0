// One text file of the tree, as the rules see it.
import Foundation

struct SourceFile {
  /// From the root of the tree: `Sources/Linux/Clock.swift`.
  let path: String
  let text: String
  let lines: [Substring]
  /// Only of Swift files.
  let swift: SwiftScanner?

  init(_ path: String, _ text: String) {
    self.path = path
    self.text = text
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    swift = path.hasSuffix(".swift") ? SwiftScanner(text) : nil
  }

  /// `Linux` of `Sources/Linux/Clock.swift`; nil outside Sources.
  var sourceTarget: String? {
    let parts = path.split(separator: "/")
    return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
  }

  /// Without the empty line behind the last line end.
  var lineCount: Int { lines.last?.isEmpty == true ? lines.count - 1 : lines.count }

  var isTest: Bool { path.hasPrefix("Tests/") }

  /// Text after the last point of the name; empty where there is none.
  var kind: Substring {
    let name = path.split(separator: "/").last ?? ""
    return name.contains(".") ? name.split(separator: ".").last ?? "" : ""
  }

  /// Whether there is anything but comments in it.
  var hasCode: Bool {
    guard let swift else { return true }
    return !swift.tokens.isEmpty
  }
}

/// One offence: where it is, which rule it breaks, and what to do instead.
struct Fault: CustomStringConvertible {
  let path: String
  let line: Int
  let rule: String
  let instead: String

  var description: String { "\(path):\(line): \(rule): \(instead)" }
}

extension SourceFile {
  func fault(_ line: Int, _ rule: String, _ instead: String) -> Fault {
    Fault(path: path, line: line, rule: rule, instead: instead)
  }
}

/// Everything that belongs to the project, read once.
enum Tree {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// The names at the top, without what git ignores and git's own folder.
  static let topLevel: [String] = entries(root)

  /// In the order of their paths. Scanning takes nearly all the time of these tests, so all
  /// processors share in it.
  static let files: [SourceFile] = {
    let paths = topLevel.sorted().flatMap { Tree.paths(under: $0) }
    var read: [SourceFile?] = Array(repeating: nil, count: paths.count)
    read.withUnsafeMutableBufferPointer { buffer in
      // Each turn writes to a place of its own.
      nonisolated(unsafe) let places = buffer
      DispatchQueue.concurrentPerform(iterations: paths.count) { places[$0] = file(paths[$0]) }
    }
    return read.compactMap { $0 }
  }()

  private static func entries(_ folder: String) -> [String] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return all.filter {
      !($0.hasPrefix(".build") || $0 == ".git" || $0 == ".swiftpm" || $0 == "__pycache__"
        || $0.hasSuffix(".o"))
    }
  }

  /// Vectors are other people's files and come as they are, as does the licence; the inputs of
  /// fuzzing are nobody's.
  private static func paths(under path: String) -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isFolder) else {
      return []
    }
    if isFolder.boolValue {
      if path.hasSuffix("/Vectors") || path.hasSuffix("/FuzzCorpora") { return [] }
      return entries("\(root)/\(path)").sorted().flatMap { Tree.paths(under: "\(path)/\($0)") }
    }
    return path == "LICENSE" ? [] : [path]
  }

  /// - Returns: nil for what is not text.
  private static func file(_ path: String) -> SourceFile? {
    FileManager.default.contents(atPath: "\(root)/\(path)")
      .flatMap { String(data: $0, encoding: .utf8) }
      .map { SourceFile(path, $0) }
  }
}
