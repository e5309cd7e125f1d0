// Articles lead where they say, and the first one is short.

/// The faults in an article's links to other files of the tree.
/// - Parameter isThere: whether the tree has this file or folder.
func linkFaults(_ article: SourceFile, _ isThere: (String) -> Bool) -> [Fault] {
  guard article.kind == "md" else { return [] }
  return article.lines.enumerated().flatMap { place, line in
    line.matches(of: #/\]\(([^)#:]+)\)/#).compactMap { link in
      guard let target = path(String(link.1), from: article.path), isThere(target) else {
        return article.fault(
          place + 1, "a link to \(link.1), which is not there", "name a file of this tree")
      }
      return nil
    }
  }
}

/// The longest that the README may be: it greets a newcomer, and the handbook has the rest.
let mostREADMELines = 150

func lengthFaults(ofREADME article: SourceFile) -> [Fault] {
  let count = article.text.utf8.count { $0 == UInt8(ascii: "\n") }
  guard article.path == "README.md", count > mostREADMELines else { return [] }
  return [
    article.fault(
      count, "a README of more than \(mostREADMELines) lines",
      "move what a newcomer does not need into an article")
  ]
}

/// - Returns: nil where the link leads out of the tree.
private func path(_ link: String, from article: String) -> String? {
  var parts = article.split(separator: "/").dropLast()
  for part in link.split(separator: "/") {
    if part == ".." {
      guard parts.popLast() != nil else { return nil }
    } else if part != "." {
      parts.append(part)
    }
  }
  return parts.joined(separator: "/")
}
