// Holds the rooms inside a module apart: which folder uses which, without a circle.

/// The modules that are divided into rooms, one folder each.
let roomedModules = ["ManagementCore", "StationCore", "StationProtocol", "StationShell"]

/// One room's use of a type that another room declares.
struct RoomUse: Equatable {
  let from: String
  let to: String
  let type: String
  let file: String
  let line: Int
}

/// - Returns: the folder directly under the module in which a file lies; empty for one beside them.
func room(of file: SourceFile, in module: String) -> String? {
  let parts = file.path.split(separator: "/")
  guard parts.count > 2, parts[0] == "Sources", parts[1] == module, file.swift != nil else {
    return nil
  }
  return parts.count > 3 ? String(parts[2]) : ""
}

/// Every use of a room's types by another room of the module, the first in each file.
func roomUses(_ files: [SourceFile], in module: String) -> [RoomUse] {
  let rooms = files.compactMap { file in room(of: file, in: module).map { ($0, file) } }
  var owners: [String: String] = [:]
  for (room, file) in rooms {
    guard let swift = file.swift else { continue }
    for type in declaredTypes(swift) where type.depth == 0 { owners[type.name] = room }
  }
  return rooms.flatMap { from, file -> [RoomUse] in
    guard let swift = file.swift else { return [] }
    // A type inside another one hides what has its name elsewhere.
    var seen = Set(declaredTypes(swift).map(\.name))
    return swift.tokens.compactMap { token in
      guard let to = owners[token.text], to != from,
        swift.before(token) != UInt8(ascii: "."), seen.insert(token.text).inserted
      else { return nil }
      return RoomUse(from: from, to: to, type: token.text, file: file.path, line: token.line)
    }
  }
}

/// The types that a file declares, and how deep in braces.
func declaredTypes(_ swift: SwiftScanner) -> [(name: String, depth: Int)] {
  let kinds: Set = ["struct", "enum", "class", "protocol", "typealias", "actor"]
  var depths: [Int] = []
  depths.reserveCapacity(swift.code.count)
  var depth = 0
  for byte in swift.code {
    if byte == UInt8(ascii: "}") { depth -= 1 }
    depths.append(depth)
    if byte == UInt8(ascii: "{") { depth += 1 }
  }
  return swift.tokens.indices.dropLast().compactMap { index in
    let next = swift.tokens[index + 1]
    guard kinds.contains(swift.tokens[index].text), swift.before(swift.tokens[index]) != 0x2E,
      next.text.first?.isUppercase == true
    else { return nil }
    return (next.text, depths[swift.tokens[index].range.lowerBound])
  }
}

/// - Returns: a fault for each circle of rooms, at a use that closes it, with one use for each of
///   its steps.
func roomFaults(_ files: [SourceFile], in module: String) -> [Fault] {
  let uses = roomUses(files, in: module)
  let rooms = Set(uses.flatMap { [$0.from, $0.to] }).sorted()
  var reported: Set<Set<String>> = []
  return rooms.compactMap { room in
    guard let circle = shortestCircle(through: room, uses),
      reported.insert(Set(circle.map(\.from))).inserted
    else { return nil }
    let steps = circle.map { "\($0.from) uses \($0.type) of \($0.to) (\($0.file):\($0.line))" }
    guard let first = circle.first, let file = files.first(where: { $0.path == first.file }) else {
      return nil
    }
    return file.fault(
      first.line, "rooms of \(module) use each other in a circle: \(steps.joined(separator: ", "))",
      "move what both need below them, or let the module's top hand it on")
  }
}

private func shortestCircle(through room: String, _ uses: [RoomUse]) -> [RoomUse]? {
  var paths = uses.filter { $0.from == room }.map { [$0] }
  var seen: Set<String> = []
  while !paths.isEmpty {
    var longer: [[RoomUse]] = []
    for path in paths {
      guard let last = path.last else { continue }
      if last.to == room { return path }
      guard seen.insert(last.to).inserted else { continue }
      longer += uses.filter { $0.from == last.to }.map { path + [$0] }
    }
    paths = longer
  }
  return nil
}

/// How many Swift files a folder may hold.
private let mostFilesPerFolder = 25

/// - Returns: a fault for each folder of a module with rooms, or of storage, that holds too many.
func crowdFaults(_ files: [SourceFile]) -> [Fault] {
  let own = files.filter { $0.sourceTarget != nil && $0.swift != nil }
  return Dictionary(grouping: own, by: \.folder).sorted { $0.key < $1.key }
    .compactMap { folder, files in
      guard files.count > mostFilesPerFolder,
        folder.contains("/Storage")
          || roomedModules.contains(where: { folder.hasPrefix("Sources/\($0)") })
      else { return nil }
      return files.first?.fault(
        1, "\(folder) holds \(files.count) files, of \(mostFilesPerFolder) at most",
        "divide it into rooms")
    }
}

/// One line about the sizes of a module: files, folders, the largest and the median file.
func sizeReport(_ files: [SourceFile], of module: String) -> String {
  let own = files.filter { room(of: $0, in: module) != nil }
  let lines = own.map(\.lineCount).sorted()
  let folders = Dictionary(grouping: own, by: \.folder).map(\.value.count)
  guard let longest = lines.last else { return "\(module): no files" }
  return
    "\(module): \(own.count) files in \(folders.count) folders of \(folders.max() ?? 0) at most; "
    + "lines: median \(lines[lines.count / 2]), largest \(longest)"
}

extension SourceFile {
  fileprivate var folder: String {
    path.split(separator: "/").dropLast().joined(separator: "/")
  }
}
