// Tests of command lines: flags, options with a value, operands, and what is refused.
import Testing
import Text

@Suite("Command lines")
struct CommandWordsTests {
  private func words(_ typed: [String]) throws(CommandFault) -> CommandWords {
    try CommandWords(
      typed, flags: ["--fast"], options: ["--count", "--name"], repeated: ["--name"])
  }

  @Test("flags, options and operands come in any order")
  func apart() throws {
    let words = try words(["a", "--name", "x", "--fast", "b", "--name=y=z", "--count", "-5"])
    #expect(words.operands == ["a", "b"])
    #expect(words.has("--fast") && words.has("--count") && !words.has("--slow"))
    #expect(words.values("--name") == ["x", "y=z"])
    #expect(words["--name"] == "x")
    #expect(try words.number("--count", in: -9...9) == -5)
    #expect(try words.number("--most", in: 0...9) == nil)
    #expect(words["--name"] != words["--count"])
  }

  @Test("behind two hyphens by themselves no word is an option")
  func end() throws {
    #expect(try words(["a", "--", "--fast", "--"]).operands == ["a", "--fast", "--"])
  }

  @Test(
    "a word that is not understood is named",
    arguments: [
      (["--slow"], "unknown option or word '--slow'"),
      (["--slow=1"], "unknown option or word '--slow=1'"),
      (["--count"], "--count needs a value"),
      (["--count", "--fast"], "--count needs a value"),
      (["--fast=no"], "--fast takes no value, and '--fast=no' has one"),
      (["--fast", "--fast"], "--fast is given twice"),
      (["--count", "1", "--count=2"], "--count is given twice"),
    ])
  func refused(_ typed: [String], _ sentence: String) {
    do throws(CommandFault) {
      _ = try words(typed)
      Issue.record("\(typed) is taken")
    } catch {
      #expect(error.description == sentence)
    }
  }

  @Test("a value that an option does not take is told with what it takes")
  func values() throws {
    let words = try words(["x", "--count", "10"])
    let fault = CommandFault.value(
      "10", of: "--count", expected: "a whole number from 0 to 9")
    #expect(throws: fault) { try words.number("--count", in: 0...9) }
    #expect(fault.description == "--count takes a whole number from 0 to 9, not '10'")
    #expect(throws: CommandFault.missing("--name")) { try words.required("--name") }
    #expect(throws: CommandFault.unknown("x")) { try words.takeNoOperands() }
  }
}
