// The texts for people: one catalogue a language, all with the same keys and the same parameters.
import Foundation

/// - Parameter catalogues: the files of Sources/Texts, flat JSON objects from key to text.
func catalogueFaults(_ catalogues: [SourceFile]) -> [Fault] {
  var faults: [Fault] = []
  var texts: [(file: SourceFile, entries: [String: String])] = []
  for file in catalogues {
    guard
      let object = try? JSONSerialization.jsonObject(with: Data(file.text.utf8)),
      let entries = object as? [String: String]
    else {
      faults.append(file.fault(1, "not a flat catalogue", "write one object from key to text"))
      continue
    }
    texts.append((file, entries))
    faults += repeatedKeys(file)
    faults += lookupFaults(file, entries)
    for (key, text) in entries.sorted(by: { $0.key < $1.key }) where text.trimmed.isEmpty {
      faults.append(file.fault(line(of: key, file), "empty text \(key)", "write it"))
    }
  }
  let keys = Set(texts.flatMap(\.entries.keys)).sorted()
  for key in keys {
    let first = texts.first { $0.entries[key] != nil }
    for (file, entries) in texts {
      guard let text = entries[key] else {
        faults.append(file.fault(1, "no text for \(key)", "every catalogue has every key"))
        continue
      }
      if let expected = first?.entries[key], parameters(expected) != parameters(text) {
        faults.append(
          file.fault(
            line(of: key, file), "\(key) has other parameters than \(first?.file.path ?? "")",
            "use \(parameters(expected).sorted().joined(separator: " "))"))
      }
    }
  }
  return faults
}

/// A word that a text looks up by a record's value, as `denial.*.title`, is there for one value at least:
/// a slip in it would show the protocol's word to a manager.
private func lookupFaults(_ file: SourceFile, _ entries: [String: String]) -> [Fault] {
  entries.sorted { $0.key < $1.key }.flatMap { key, text in
    parameters(text).flatMap { $0.split { "{}|;".contains($0) } }.filter { $0.contains("*") }
      .filter { pattern in
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        return !entries.keys.contains { $0.hasPrefix(parts[0]) && $0.hasSuffix(parts[1]) }
      }.map {
        file.fault(line(of: key, file), "\(key) looks up \($0), of which there is none", "mend it")
      }
  }
}

/// `{name}` of "Good morning, {name}", with all that may stand in it.
private func parameters(_ text: String) -> Set<String> {
  Set(text.matches(of: #/\{[^{}]+\}/#).map { String($0.0) })
}

private func line(of key: String, _ file: SourceFile) -> Int {
  (file.lines.firstIndex { $0.trimmed.hasPrefix("\"\(key)\"") } ?? 0) + 1
}

/// A JSON reader keeps one of two entries of the same key without a word.
private func repeatedKeys(_ file: SourceFile) -> [Fault] {
  var seen: Set<Substring> = []
  return file.lines.enumerated().compactMap { index, line in
    guard let match = line.prefixMatch(of: #/\s*"([^"]+)"\s*:/#) else { return nil }
    return seen.insert(match.1).inserted
      ? nil : file.fault(index + 1, "\(match.1) is there twice", "keep one")
  }
}
