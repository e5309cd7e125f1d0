// The shape of files, functions and names: sizes, first sentences, types, SQL in its place.

enum Limit {
  static let linesPerFile = 500
  /// Of the product's Swift: a stranger has to read it at once.
  static let linesPerProductFile = 400
  static let linesPerFunction = 60
}

func sizeFaults(_ file: SourceFile) -> [Fault] {
  let kinds: Set<Substring> = ["swift", "js", "mjs", "css", "html", "py", "sh", "h"]
  let most =
    file.sourceTarget != nil && file.swift != nil
    ? Limit.linesPerProductFile : Limit.linesPerFile
  guard kinds.contains(file.kind), file.lineCount > most else { return [] }
  return [
    file.fault(
      most + 1, "\(file.lineCount) lines in a file, \(most) allowed",
      "give a noun of its own to a part of it, in a file Type+Part.swift")
  ]
}

/// A function is measured from the line of its `func`, `init` or `deinit` to that of its last brace.
func functionFaults(_ file: SourceFile) -> [Fault] {
  guard let swift = file.swift else { return [] }
  return functions(swift).filter { $0.count > Limit.linesPerFunction }.map {
    file.fault(
      $0.lowerBound, "\($0.count) lines in a function, \(Limit.linesPerFunction) allowed",
      "give a name to a part of it")
  }
}

/// The lines of each function that has a body.
func functions(_ swift: SwiftScanner) -> [ClosedRange<Int>] {
  let words: Set = ["func", "init", "deinit"]
  return swift.tokens.compactMap { token in
    guard words.contains(token.text), swift.before(token) != UInt8(ascii: "."),
      let brace = bodyStart(after: token, swift)
    else { return nil }
    var depth = 0
    var line = token.line + swift.code[token.range.upperBound..<brace].count { $0 == 10 }
    for byte in swift.code[brace...] {
      if byte == 10 { line += 1 }
      if byte == UInt8(ascii: "{") { depth += 1 }
      if byte == UInt8(ascii: "}") { depth -= 1 }
      if depth == 0 { return token.line...line }
    }
    return nil
  }
}

/// Where the body of a declaration opens; nil for a requirement of a protocol, which has none.
private func bodyStart(after token: Token, _ swift: SwiftScanner) -> Int? {
  let followers: Set = [
    "func", "init", "deinit", "var", "let", "case", "subscript", "static", "mutating", "package",
    "private", "fileprivate", "struct", "enum", "class", "protocol", "extension", "associatedtype",
    "typealias", "import",
  ]
  var depth = 0
  var position = token.range.upperBound
  while position < swift.code.count {
    let byte = swift.code[position]
    switch byte {
    case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
    case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
    case UInt8(ascii: "{") where depth == 0: return position
    case UInt8(ascii: "}") where depth == 0: return nil
    default: break
    }
    if depth == 0, isWordByte(byte), !isWordByte(swift.code[position - 1]) {
      let word = swift.code[position...].prefix(while: isWordByte)
      if followers.contains(String(decoding: word, as: UTF8.self)) { return nil }
      position += word.count
    } else {
      position += 1
    }
  }
  return nil
}

/// The first comment of a file is one sentence or more: what the file is for.
func purposeFaults(_ file: SourceFile) -> [Fault] {
  guard let mark = commentMark(file), file.hasCode else { return [] }
  var first = 0
  if file.lines[0].hasPrefix("#!") || file.lines[0].hasPrefix("// swift-tools-version") {
    first = 1
  }
  let sentence: String
  if mark == "/*" {
    let comment = file.text.hasPrefix(mark) ? file.text.dropFirst(mark.count) : ""
    sentence = comment.prefix { $0 != "*" }.trimmed
  } else {
    sentence = file.lines.dropFirst(first).prefix { $0.hasPrefix(mark) }.joined(separator: " ")
  }
  let isSentence =
    sentence.split(separator: " ").count >= 4 && sentence.last.map { ".?!:".contains($0) } ?? false
  return isSentence
    ? []
    : [
      file.fault(
        first + 1, "no sentence of purpose",
        "begin with a comment that says in a sentence what the file is for")
    ]
}

/// The first sentence of a doc comment names what it is about: a reader meets it alone, beside a declaration in an editor.
func subjectFaults(_ file: SourceFile) -> [Fault] {
  guard file.sourceTarget != nil, file.kind == "swift" else { return [] }
  let openers: Set<Substring> = ["It", "Of", "Those", "Where", "Who", "Whoever", "Whose"]
  // "What a door says" has a noun; "What is said" has none.
  let verbs: Set<Substring> = [
    "is", "was", "are", "were", "has", "had", "can", "could", "must", "may", "might", "it", "they",
    "stands", "comes", "came", "happens", "happened", "became", "lies", "hangs", "holds", "belongs",
    "follows", "did", "does", "should", "would", "of",
  ]
  return file.lines.indices.compactMap { index in
    let line = file.lines[index].trimmed
    let isFirst = index == 0 || !file.lines[index - 1].trimmed.hasPrefix("///")
    guard isFirst, line.hasPrefix("/// ") else { return nil }
    let words = line.dropFirst(4).split { !$0.isLetter }
    let opener = words.first ?? ""
    let isVerbal = opener == "What" && words.count > 1 && verbs.contains(words[1])
    guard openers.contains(opener) || isVerbal else { return nil }
    return file.fault(
      index + 1, "a doc comment without its subject",
      "begin with the noun that the declaration is about")
  }
}

/// How a line comment begins; nil for files that need no sentence.
private func commentMark(_ file: SourceFile) -> String? {
  switch file.kind {
  case "swift", "js", "mjs": "// "
  case "css": "/*"
  case "py", "sh": "# "
  default: file.lines[0].hasPrefix("#!") ? "# " : nil
  }
}

/// Debian 13's compiler traps on an interpolation and on a closure in an attribute's arguments.
func attributeFaults(_ file: SourceFile) -> [Fault] {
  guard let swift = file.swift else { return [] }
  let attributes: Set = ["Test", "Suite"]
  return swift.tokens.filter { attributes.contains($0.text) }.flatMap { token -> [Fault] in
    guard swift.before(token) == UInt8(ascii: "@"), swift.after(token) == UInt8(ascii: "(") else {
      return []
    }
    var depth = 0
    var position = token.range.upperBound
    var faults: [Fault] = []
    repeat {
      let byte = swift.code[position]
      let isInterpolation = byte == UInt8(ascii: "(") && swift.interpolations.contains(position)
      if isInterpolation || byte == UInt8(ascii: "{") {
        let line = token.line + swift.code[token.range.upperBound..<position].count { $0 == 10 }
        faults.append(
          file.fault(
            line, "an interpolation or a closure in an attribute",
            "write the arguments as a static let before the test: Swift 6.0.3 traps on this"))
      }
      if byte == UInt8(ascii: "(") { depth += 1 }
      if byte == UInt8(ascii: ")") { depth -= 1 }
      position += 1
    } while position < swift.code.count && (depth > 0 || swift.code[position - 1] == 32)
    return faults
  }
}

func typeNameFaults(_ file: SourceFile) -> [Fault] {
  guard let swift = file.swift else { return [] }
  let kinds: Set = ["struct", "class", "enum", "protocol", "actor", "typealias"]
  let endings = ["Manager", "Helper", "Helpers", "Utils", "Util", "Utilities", "Service"]
  return zip(swift.tokens, swift.tokens.dropFirst()).compactMap { keyword, name in
    guard kinds.contains(keyword.text), endings.contains(where: name.text.hasSuffix) else {
      return nil
    }
    return file.fault(
      name.line, "a type called \(name.text)", "name it after the thing it is or what it knows")
  }
}

/// Data statements, in capitals as everywhere here.
func queryFaults(_ file: SourceFile) -> [Fault] {
  guard file.sourceTarget != nil, let swift = file.swift, !file.path.contains("/Storage/") else {
    return []
  }
  let openings = [
    "SELECT ", "INSERT ", "UPDATE ", "DELETE ", "REPLACE ", "WITH ", "ALTER ", "DROP ",
    "CREATE TABLE", "CREATE INDEX", "CREATE UNIQUE", "CREATE VIEW", "CREATE TRIGGER",
  ]
  return swift.literals.compactMap { literal in
    let text = literal.text.trimmed
    guard openings.contains(where: text.hasPrefix) else { return nil }
    return file.fault(
      literal.line, "SQL outside a Storage folder",
      "make it a named method of the store, in the shell's Storage folder")
  }
}

/// Words that put work off. They are written apart here, or this file would find itself.
func postponementFaults(_ file: SourceFile) -> [Fault] {
  let words = ["TO" + "DO", "FIX" + "ME", "X" + "XX", "for " + "now"]
  return words.filter(file.text.contains).flatMap { word in
    file.lines.enumerated().filter { contains($0.element, word: word) }.map {
      file.fault($0.offset + 1, "work put off (\(word))", "do it, or make it an issue")
    }
  }
}

private func contains(_ line: Substring, word: String) -> Bool {
  line.ranges(of: word).contains { range in
    let before = line[..<range.lowerBound].utf8.last ?? 32
    let after = line[range.upperBound...].utf8.first ?? 32
    return !isWordByte(before) && !isWordByte(after)
  }
}

/// What may stand at the top of the tree, besides names that begin with a point.
func topLevelFaults(_ names: [String]) -> [Fault] {
  let allowed: Set = [
    "Package.swift", "Sources", "Tests", "firmware-config", "systemd", "README.md", "Makefile",
    "LICENSE",
  ]
  return names.filter { !$0.hasPrefix(".") && !allowed.contains($0) }.map {
    Fault(
      path: $0, line: 1, rule: "a new name at the top of the tree",
      instead: "put it under one of \(allowed.sorted().joined(separator: ", "))")
  }
}

extension StringProtocol {
  var trimmed: String {
    String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }
}
