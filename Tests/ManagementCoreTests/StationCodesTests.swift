// Tests that a code counts as set by the station's word alone, and that what nobody set is listed.
import JSON
import ManagementCore
import StationProtocol
import Testing
import Time

@Suite("Typed codes beside a station's report")
struct StationCodesTests {
  private static let point = AccessPointID(1)!
  private static let end = WallTime(seconds: 1_800_086_400)

  private static func id(_ text: String) -> TypedCodeID { TypedCodeID(text)! }

  private static func ordered(_ order: Order, _ number: Int64) -> OrderedCommand {
    OrderedCommand(
      id: CommandID(epoch: StoreEpoch(bits: 14), number: number), station: Names.station("gate"),
      order: order, actor: "li", orderedAt: WallTime(seconds: 1_800_000_000),
      expires: WallTime(seconds: 1_800_000_600))
  }

  /// A code that was ordered to be set, and where wanted to be removed.
  private static func ours(
    _ name: String, removal: (CommandProgress, OrderFault?)? = nil
  ) -> StationCode {
    let code = TypedCode(
      id(name), TypedCodeHash(Array(repeating: 1, count: 32))!,
      from: WallTime(seconds: 1_800_000_000), until: end, uses: 2)
    var away = ordered(.entry(.removeCode(point, code.id)), 2)
    if let removal { (away.progress, away.fault) = removal }
    return StationCode(
      ordered(.entry(.setCode(point, code)), 1), removal: removal == nil ? nil : away)!
  }

  private static func set(
    _ name: String, at number: Int = 1, left: Int64 = 1, until: WallTime = end
  ) -> SetCode {
    SetCode(AccessPointID(number)!, id(name), left: left, until: until)
  }

  private static func codes(_ ours: [StationCode], _ reported: [SetCode]?) -> StationCodes {
    StationCodes(ours, reported.map { CodesPayload(seq: 9, codes: $0, at: end) })
  }

  @Test("a command that sets nothing is no code")
  func noCode() {
    #expect(StationCode(Self.ordered(.entry(.holdReader(Self.point)), 1)) == nil)
  }

  @Test("a code is there by the report alone, however its command stands")
  func setThere() {
    var done = Self.ours("a")
    done.setting.progress = .done
    let silent = Self.codes([done], nil)
    #expect(silent.rows.map(\.there) == [nil] && silent.reportedAt == nil)
    let absent = Self.codes([done], [])
    #expect(absent.rows.map(\.there) == [nil] && absent.reportedAt == Self.end)
    var unknown = Self.ours("a")
    unknown.setting.progress = .unknown
    let there = Self.codes([unknown], [Self.set("a")])
    #expect(there.rows.map(\.there) == [Self.set("a")] && there.foreign.isEmpty)
  }

  @Test(
    "what has another door, end or more uses than was ordered is not ours, and is foreign",
    arguments: [
      set("a", at: 2), set("a", until: WallTime(seconds: 1_800_086_401)), set("a", left: 3),
      set("b"),
    ])
  func foreign(_ other: SetCode) {
    let codes = Self.codes([Self.ours("a")], [other])
    #expect(codes.rows.map(\.there) == [nil])
    #expect(codes.foreign == [other])
  }

  @Test("a code is removed once its command is done, or the station had none; then it is foreign")
  func removed() {
    let kept: [(CommandProgress, OrderFault?)] = [
      (.queued, nil), (.sent, nil), (.unknown, .noAnswer), (.expired, nil), (.failed, .busy),
    ]
    for removal in kept {
      let codes = Self.codes([Self.ours("a", removal: removal)], [Self.set("a")])
      #expect(codes.rows.count == 1 && codes.foreign.isEmpty, "\(removal)")
    }
    let gone: [(CommandProgress, OrderFault?)] = [(.done, nil), (.failed, .nothingToDo)]
    for removal in gone {
      let codes = Self.codes([Self.ours("a", removal: removal)], [Self.set("a")])
      #expect(codes.rows.isEmpty && codes.foreign == [Self.set("a")], "\(removal)")
    }
  }

  @Test("neither a command nor the audit trail shows a hash to whoever reads it")
  func hidden() {
    let command = Self.ours("a").setting
    var writer = JSONWriter()
    command.write(to: &writer)
    let shown = String(decoding: writer.bytes, as: UTF8.self)
    #expect(shown.contains(#""op":"set-code","ap":1,"credential":"a","from":1800000000000"#))
    for text in [shown, AuditEntry.command(command).contents] {
      #expect(text.contains(#""uses":2"#))
      #expect(!text.contains("0101") && !text.contains("hash"))
    }
  }
}
