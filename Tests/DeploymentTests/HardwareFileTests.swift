// What is written to a station's hardware: device rules, pin maps, boot settings.
import Foundation
import Testing

@Suite("Files for the hardware are well formed and agree")
struct HardwareFileTests {
  private let rules = "firmware-config/udev/60-worker-station.rules"

  @Test("device rules use keys and operators that udev has, and every jump has its label")
  func ruleSyntax() throws {
    let text = try shipped(rules).replacingOccurrences(of: "\\\n", with: " ")
    // Those that are switched off must be right too, on the day somebody switches them on.
    let lines = text.split(separator: "\n").map { $0.drop { $0 == "#" } }
      .filter { $0.contains(#/^[A-Z]+(\{|[!=+]?=)/#) }
    #expect(lines.count > 10)
    var jumps: Set<Substring> = []
    var labels: Set<Substring> = []
    for line in lines {
      for part in line.split(separator: ",") {
        let term = try #require(
          part.wholeMatch(of: #/\s*([A-Z]+)(\{[A-Za-z_\/]+\})?\s*(==|!=|\+=|=)\s*"([^"]*)"\s*/#),
          "\(line)")
        let matches: Set<Substring> = ["ACTION", "SUBSYSTEM", "KERNEL", "ATTRS", "ENV"]
        let assigns: Set<Substring> = ["ENV", "SYMLINK", "GROUP", "MODE", "GOTO", "LABEL"]
        let isMatch = term.3 == "==" || term.3 == "!="
        #expect((isMatch ? matches : assigns).contains(term.1), "\(line)")
        #expect((term.1 == "SYMLINK") == (term.3 == "+="), "\(line)")
        if term.1 == "GOTO" { jumps.insert(term.4) }
        if term.1 == "LABEL" { labels.insert(term.4) }
      }
    }
    #expect(jumps == labels && !labels.isEmpty)
  }

  @Test("udevadm verifies the device rules, where it can")
  func ruleVerification() throws {
    // It learned this in systemd 254: Debian 13 has it, Debian 12 has not.
    let ability = try Ending.of("udevadm", ["verify", "--help"])
    guard ability.status == 0, ability.output.contains("verify") else { return }
    let ending = try Ending.of("udevadm", ["verify", "--resolve-names=never", "\(root)/\(rules)"])
    #expect(ending.status == 0, "\(ending.output)")
  }

  @Test("a pin map gives each line of an access point once, in the agreed form")
  func pinMap() throws {
    let text = try shipped("firmware-config/boards/raspberry-pi-4.ini")
    let shippedPins = try pins(text)
    #expect(!shippedPins.isEmpty)
    // The second access point is switched off; on, it must not take a pin of the first.
    let everything = text.replacing(#/(?m)^#(\[|[a-z-]+-line = )/#) { "\($0.1)" }
    let used = try pins(everything).map(\.pin)
    #expect(Set(used).count == used.count, "\(used)")
  }

  @Test("the boot settings drive the relays' pins low and pull every input up")
  func bootSettings() throws {
    let map = try shipped("firmware-config/boards/raspberry-pi-4.ini")
    let all = try pins(map.replacing(#/(?m)^#(\[|[a-z-]+-line = )/#) { "\($0.1)" })
    let settings = try shipped("firmware-config/boards/raspberry-pi-4-config.txt")
    let numbers = { (state: String) in
      settings.split(separator: "\n").filter { $0.hasPrefix("gpio=") && $0.hasSuffix(state) }
        .flatMap { $0.dropFirst(5).prefix { $0 != "=" }.split(separator: ",") }
        .compactMap { Int($0) }.sorted()
    }
    #expect(numbers("=op,dl") == all.filter { $0.key == "strike-line" }.map(\.number).sorted())
    #expect(numbers("=ip,pu") == all.filter { $0.key != "strike-line" }.map(\.number).sorted())
    // Below 9 the chip pulls up from power-on: a relay would close before anybody has said so.
    #expect(numbers("=op,dl").allSatisfy { (9...27).contains($0) })
    #expect(all.filter { $0.key != "strike-line" }.allSatisfy { $0.flags.contains("pull-up") })
  }

  private struct Pin {
    let key: String
    let pin: String
    let number: Int
    let flags: [String]
  }

  /// Reads a pin map, and fails the test for what is not in its form.
  private func pins(_ text: String) throws -> [Pin] {
    let keys = ["strike-line", "contact-line", "exit-line", "outer-beam-line", "inner-beam-line"]
    var sections: [[Pin]] = []
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      if line.contains(#/^\[access-point [1-4]\]$/#) {
        sections.append([])
        continue
      }
      guard line.contains(#/^[a-z-]+-line = /#) else { continue }
      let entry = try #require(
        line.wholeMatch(
          of: #/([a-z-]+) = (([a-z]+[0-9]*):([0-9]+))((?: active-low| pull-up| pull-down)*)/#),
        "\(line)")
      let pin = Pin(
        key: String(entry.1), pin: String(entry.2), number: Int(entry.4) ?? -1,
        flags: entry.5.split(separator: " ").map(String.init))
      try #require(!sections.isEmpty, "\(line)")
      sections[sections.count - 1].append(pin)
    }
    for section in sections { #expect(section.map(\.key) == keys) }
    return sections.flatMap { $0 }
  }
}
