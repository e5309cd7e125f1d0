// The zones of this machine: those of the tz database, and the one that it stands in.
import Glibc
import Time

package enum ZoneFiles {
  private static let folder = "/usr/share/zoneinfo"
  private static let mostBytes = 65_536

  /// - Returns: nil where the tz database of this machine has no such zone.
  package static func zone(_ name: ZoneName) -> Zone? {
    (try? Files.read("\(folder)/\(name)", limit: mostBytes)).flatMap { Zone(name, file: $0) }
  }

  /// The zone of this machine, as the C library chooses it: `$TZ`, or `/etc/localtime`.
  package static func local() -> Zone? {
    if let name = localName { return zone(name) }
    return (try? Files.read("/etc/localtime", limit: mostBytes)).flatMap { Zone(nil, file: $0) }
  }

  /// Its name; nil where the machine does not say it.
  package static var localName: ZoneName? {
    if let text = getenv("TZ").map({ String(cString: $0) }) {
      return ZoneName(text.hasPrefix(":") ? text.dropFirst() : text[...])
    }
    guard let path = realpath("/etc/localtime", nil) else { return nil }
    defer { free(path) }
    let text = String(cString: path)
    return text.hasPrefix("\(folder)/") ? ZoneName(text.dropFirst(folder.count + 1)) : nil
  }
}
