// What the authority remembers of its certificates, whatever becomes of the store.
import ManagementCore
import StationProtocol
import Testing
import Time

@Suite("The authority's ledger")
struct CertificateLedgerTests {
  private static let gate = StationID("gate-1")!
  private static let hall = StationID("hall-1")!
  private static let now = WallTime(seconds: 1_700_000_000)

  private static func serial(_ digit: Int) -> String { String(repeating: "\(digit)", count: 32) }

  private static var filled: CertificateLedger {
    var ledger = CertificateLedger()
    ledger.claim(serial(1), for: gate, at: now)
    ledger.claim(serial(2), for: hall, at: now)
    ledger.claim(serial(3), for: gate, at: now)
    _ = ledger.nextList()
    return ledger
  }

  @Test("a claim revokes the station's other certificates, and the text says all of it")
  func text() {
    let ledger = Self.filled
    #expect(ledger.revoked.map(\.serial) == [Self.serial(1)])
    #expect(
      ledger.text == """
        lists 1
        \(Self.serial(1)) gate-1 1700000000000
        \(Self.serial(2)) hall-1 0
        \(Self.serial(3)) gate-1 0

        """)
    #expect(CertificateLedger(ledger.text) == ledger)
    #expect(CertificateLedger("lists 0\n") == CertificateLedger())
  }

  @Test(
    "a text with a line that is none is refused whole",
    arguments: ["", "lists\n", "lists -1\n", "lists 1\nx gate-1 0\n", "lists 1\nx\n"])
  func damaged(_ text: String) { #expect(CertificateLedger(text) == nil) }

  @Test("a certificate stays revoked whatever a store says that came back from a backup")
  func merged() {
    var ledger = Self.filled
    ledger.merge([
      .init(serial: Self.serial(1), station: Self.gate),
      .init(serial: Self.serial(4), station: Self.hall, revokedAt: Self.now),
    ])
    #expect(ledger.revoked.map(\.serial) == [Self.serial(1), Self.serial(4)])
    #expect(ledger.entries.count == 4)
  }

  @Test("a certificate that was issued after the backup is revoked with its station's others")
  func later() {
    var ledger = Self.filled
    ledger.revoke(Self.gate, at: WallTime(seconds: 0))
    #expect(ledger.revoked.map(\.serial) == [Self.serial(1), Self.serial(3)])
    #expect(CertificateLedger(ledger.text) == ledger)
  }

  @Test("a renewal lets both count, and what was issued beside them count no more")
  func renewed() {
    var ledger = Self.filled
    ledger.renew(Self.serial(4), of: Self.serial(3), for: Self.gate, at: Self.now)
    #expect(ledger.revoked.map(\.serial) == [Self.serial(1)])
    ledger.renew(Self.serial(5), of: Self.serial(3), for: Self.gate, at: Self.now)
    #expect(ledger.revoked.map(\.serial) == [Self.serial(1), Self.serial(4)])
    #expect(ledger.counts(Self.serial(3), of: Self.gate))
    #expect(ledger.counts(Self.serial(5), of: Self.gate))
    #expect(!ledger.counts(Self.serial(4), of: Self.gate))
    #expect(!ledger.counts(Self.serial(5), of: Self.hall))
  }

  @Test("a certificate that is shown drops those before it, and none after it")
  func superseded() {
    var ledger = Self.filled
    ledger.renew(Self.serial(4), of: Self.serial(3), for: Self.gate, at: Self.now)
    let old = ledger.supersede(by: Self.serial(3), of: Self.gate, at: Self.now)
    #expect(!old && ledger.counts(Self.serial(4), of: Self.gate))
    let new = ledger.supersede(by: Self.serial(4), of: Self.gate, at: Self.now)
    #expect(new && !ledger.counts(Self.serial(3), of: Self.gate))
    #expect(ledger.counts(Self.serial(4), of: Self.gate))
    #expect(ledger.counts(Self.serial(2), of: Self.hall))
    let again = ledger.supersede(by: Self.serial(4), of: Self.gate, at: Self.now)
    let unknown = ledger.supersede(by: Self.serial(9), of: Self.gate, at: Self.now)
    #expect(!again && !unknown)
  }

  @Test("a certificate that was lost is revoked once it is known, and one that is known is left")
  func lost() {
    var ledger = Self.filled
    ledger.revokeLost(Self.serial(7), of: Self.gate, at: Self.now)
    ledger.revokeLost(Self.serial(3), of: Self.gate, at: Self.now)
    #expect(ledger.revoked.map(\.serial) == [Self.serial(1), Self.serial(7)])
    #expect(ledger.knows(Self.serial(7)) && !ledger.counts(Self.serial(7), of: Self.gate))
    #expect(ledger.counts(Self.serial(3), of: Self.gate) && !ledger.knows(Self.serial(8)))
  }

  @Test("each list has a greater number than the one before")
  func numbers() {
    var ledger = CertificateLedger()
    let numbers = (0..<3).map { _ in ledger.nextList() }
    #expect(numbers == [1, 2, 3])
  }
}
