// Issues member codes for the union's app, at a rate that a person can need.
import Linux
import MemberCode
import StationProtocol
import Time

/// The issuer's key and how often each member has asked.
final class CodeDesk {
  /// Codes a member may ask for in a minute: an app shows a new one every few seconds at most.
  private static let mostPerMinute = 30
  /// Members whose rate is remembered at a time.
  private static let mostMembers = 100_000

  let key: SigningKey
  let life: Duration
  private var window = Instant(nanoseconds: 0)
  private var asked: [MemberID: Int] = [:]

  struct Code {
    var payload: String
    var issued: WallTime
    var expires: WallTime
  }

  init(key: SigningKey, life: Duration) {
    self.key = key
    self.life = life
  }

  /// - Throws: `tooManyRequests`, or that the code could not be made.
  func issue(for member: MemberID, at now: Now) throws(Problem) -> Code {
    if now.instant - window >= .seconds(60) || asked.count >= Self.mostMembers {
      window = now.instant
      asked = [:]
    }
    let count = asked[member, default: 0] + 1
    guard count <= Self.mostPerMinute else {
      let rest = (.seconds(60) - (now.instant - window)).components.seconds + 1
      let wait = min(max(rest, 1), 60)
      throw .tooManyRequests(
        "A member gets at most \(Self.mostPerMinute) codes a minute; ask again in \(wait) s.",
        retryAfter: wait)
    }
    asked[member] = count
    do throws(CodeIssueError) {
      let payload = try CodeIssuer(key).issue(
        member, life: life, at: now.wall, tokenID: Randomness.bytes(8))
      let issued = WallTime(seconds: now.wall.milliseconds / 1000)
      return Code(payload: payload, issued: issued, expires: issued + life)
    } catch {
      throw .badRequest("No code can be issued: \(error).")
    }
  }
}
