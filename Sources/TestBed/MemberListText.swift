// A member list for demo and tests: a card, PINs, more time, and someone who looks after the station.
import MemberCode

package enum MemberListText {
  /// The card of `m-rider`, and the keys that he types: his number and his PIN.
  package static let card = "26:12:34567"
  package static let keys = "4711*2580#"
  /// What he types under threat.
  package static let duressKeys = "4711*0852#"
  /// The card of `m-keeper`, a maintainer.
  package static let keeperCard = "26:12:1"

  /// PINs are hashed anew each time, as `stationctl pin hash` does it.
  package static func demo() -> String {
    let hash = { (pin: String) in PINHash(pin: Array(pin.utf8))?.text ?? "" }
    return """
      [member m-rider]
      card = \(card)
      number = 4711
      pin = \(hash("2580"))
      duress-pin = \(hash("0852"))
      [member m-cleaner]
      access = extended
      [member m-keeper]
      role = maintainer
      card = \(keeperCard)
      """
  }
}
