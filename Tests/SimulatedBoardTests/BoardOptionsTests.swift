// Tests of the simulated board's command line.
import Testing

@testable import SimulatedBoard

@Suite("Board options")
struct BoardOptionsTests {
  private static let needed = ["--socket", "/run/b.sock", "--pages", "/p", "--texts", "/t"]

  @Test("the needed options alone give one access point on any free loopback port")
  func defaults() throws {
    let options = try BoardOptions(Self.needed)
    #expect(options.socket == "/run/b.sock")
    #expect(options.host == "127.0.0.1" && options.port == 0)
    #expect(options.accessPoints == 1 && options.readers.isEmpty && options.members.isEmpty)
  }

  @Test("every option is understood")
  func everything() throws {
    let options = try BoardOptions(
      Self.needed + [
        "--reader", "/dev/a", "--reader", "/dev/b=2", "--listen", "localhost:8080",
        "--address-file", "/f", "--demo-issuer", "/k", "--member", "m-1", "--member", "m-2",
        "--access-points", "2", "--name", "驿站", "--step", "20",
        "--devices", "/d",
      ])
    #expect(
      options.readers == [
        BoardOptions.Reader(path: "/dev/a", accessPoint: 1),
        BoardOptions.Reader(path: "/dev/b", accessPoint: 2),
      ])
    #expect(options.port == 8080 && options.host == "127.0.0.1")
    #expect(options.members.map(\.text) == ["m-1", "m-2"])
    #expect(options.devices == "/d")
    #expect(options.name == "驿站" && options.pace.step == .milliseconds(20))
  }

  private static let refusals: [(words: [String], sentence: String)] = [
    (["--socket", "/s", "--pages", "/p"], "--texts is missing"),
    (needed + ["--listen", "0.0.0.0:80"], "--listen does not take '0.0.0.0:80'"),
    (needed + ["--listen", "127.0.0.1"], "--listen does not take '127.0.0.1'"),
    (needed + ["--access-points", "5"], "--access-points does not take '5'"),
    (needed + ["--reader", "/a=9"], "--reader does not take '/a=9'"),
    (needed + ["--reader", "/a=2"], "--reader /a is at access point 2, but there are 1"),
    (needed + ["--member", "m-1"], "--demo-issuer and --member go together"),
    (needed + ["--member", "m 1"], "--member does not take 'm 1'"),
    (needed + ["--step", "0"], "--step does not take '0'"),
    (needed + ["--colour", "red"], "--colour is not known"),
    (needed + ["--name"], "--name needs a value, or is not known"),
  ]

  @Test("what cannot be meant is refused with a sentence", arguments: refusals)
  func refused(words: [String], sentence: String) {
    #expect(throws: BoardOptions.Fault(description: sentence)) { try BoardOptions(words) }
  }
}
