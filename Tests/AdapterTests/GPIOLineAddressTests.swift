// Which line an address means among chips whose numbers nobody can rely on.
import GPIO
import Glibc
import Linux
import Testing

@Suite("Addresses of GPIO lines")
struct LineAddressTests {
  private let header = ChipFacts(
    device: "/dev/gpiochip0", label: "pinctrl", names: ["ID_SDA", "DOOR-CONTACT", "", "TWICE"])
  private let expander = ChipFacts(
    device: "/dev/gpiochip1", label: "mcp23017", names: ["STRIKE", "", "TWICE", "HERE", "HERE"])

  private func place(_ text: String, _ chips: ChipFacts...) throws(SystemError) -> LinePlace? {
    try LineAddress(text: text)?.place(among: chips.isEmpty ? [header, expander] : chips)
  }

  private func refusal(_ text: String, _ chips: ChipFacts...) -> String {
    do throws(SystemError) {
      let place = try LineAddress(text: text)?.place(
        among: chips.isEmpty ? [header, expander] : chips)
      return "found \(String(describing: place))"
    } catch {
      return "\(error)"
    }
  }

  @Test("a line is found by number and by name, on a chip by device and by label, or on any")
  func finding() throws {
    let contact = LinePlace(device: "/dev/gpiochip0", offset: 1)
    #expect(try place("gpiochip0:1") == contact)
    #expect(try place("/dev/gpiochip0:DOOR-CONTACT") == contact)
    #expect(try place("pinctrl:1") == contact)
    #expect(try place("pinctrl:DOOR-CONTACT") == contact)
    #expect(try place("DOOR-CONTACT") == contact)
    #expect(try place("mcp23017:TWICE") == LinePlace(device: "/dev/gpiochip1", offset: 2))
  }

  @Test("a chip that comes back under another number is found where it is now")
  func renumbered() throws {
    var moved = expander
    moved.device = "/dev/gpiochip7"
    #expect(try place("STRIKE", header, moved)?.device == "/dev/gpiochip7")
    #expect(try place("mcp23017:0", header, moved)?.device == "/dev/gpiochip7")
  }

  @Test("what is there twice is not guessed: the refusal names both places")
  func ambiguous() {
    #expect(
      refusal("TWICE")
        == "cannot find line TWICE: line 2 of /dev/gpiochip1 and line 3 of /dev/gpiochip0 have that "
        + "name: say chip and number")
    #expect(
      refusal("gpiochip1:HERE")
        == "cannot find line HERE of /dev/gpiochip1: line 3 of /dev/gpiochip1 and line 4 of "
        + "/dev/gpiochip1 have that name: say chip and number")
    var twin = expander
    twin.device = "/dev/gpiochip2"
    #expect(
      refusal("mcp23017:0", expander, twin)
        == "cannot find line 0 of the chip \"mcp23017\": /dev/gpiochip1 and /dev/gpiochip2 have that "
        + "label: name one of them")
  }

  @Test("what is not there is refused with what there is")
  func absent() {
    #expect(refusal("BELL") == "cannot find line BELL: no line has that name")
    #expect(
      refusal("pinctrl:BELL")
        == "cannot find line BELL of the chip \"pinctrl\": no line has that name")
    #expect(
      refusal("i2c:3")
        == "cannot find line 3 of the chip \"i2c\": no chip has the label \"i2c\", only mcp23017 and "
        + "pinctrl")
    #expect(
      refusal("gpiochip5:3")
        == "cannot find line 3 of /dev/gpiochip5: there is no GPIO chip of that name or number")
  }

  @Test("a name that is asked for on a device that is none says why it cannot be opened")
  func noDevice() {
    let wiring = LineWiring(LineAddress(chip: .device("/dev/gpiochip99"), line: .name("BELL")))
    #expect(
      throws: SystemError("open", path: "/dev/gpiochip99", code: ENOENT)
    ) { _ = try ChipLine(wiring, .input(settling: .zero)) }
  }
}
