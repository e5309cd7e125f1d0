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
