// A documentation article that says which test holds a clause names a test that there is.
import Foundation

/// `DoorTests` "a door that stands open is an alarm" cites a test by its file and its name.
func citationFaults(_ article: SourceFile, _ files: [SourceFile]) -> [Fault] {
  guard article.path.contains(".docc/"), article.kind == "md" else { return [] }
  var faults: [Fault] = []
  for (index, line) in article.lines.enumerated() {
    for citation in String(line).matches(of: #/`(\w+Tests)` "([^"]+)"/#) {
      let (suite, name) = (citation.1, citation.2)
      let holders = files.filter { $0.isTest && $0.path.hasSuffix("/\(suite).swift") }
      if !holders.contains(where: { $0.text.contains("\"\(name)\"") }) {
        faults.append(
          article.fault(
            index + 1, "no test of \(suite) is called \"\(name)\"",
            "cite a test that there is, by its file and its name"))
      }
    }
  }
  return faults
}
