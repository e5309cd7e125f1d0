// What can be told of a record whose kind only a later version knows.
import JSON

extension Record {
  /// Whether this is a record of a kind that this version does not know: within the bounds of one,
  /// with its time, its trust and its kind. It is kept whole, and read after an upgrade.
  package static func isOfLaterKind(_ json: [UInt8]) -> Bool {
    guard json.count <= longestJSON else { return false }
    let kind = try? JSONReader.read(json) { (reader) throws(JSONError) -> String in
      var members = try JSONMembers(&reader)
      let _: Int64 = try members.member("at", nil)
      let _: Bool = try members.member("trusted", nil)
      return try members.member("kind", nil)
    }
    guard let kind else { return false }
    return Kind(rawValue: kind) == nil && isPlainWord(kind, limit: 48)
  }
}
