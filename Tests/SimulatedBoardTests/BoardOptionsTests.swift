// Tests of the simulated board's command line.
import StationProtocol
import Testing
import Text

@testable import SimulatedBoard

@Suite("Board options")
struct BoardOptionsTests {
  private static let needed = ["--socket", "/run/b.sock", "--pages", "/p", "--texts", "/t"]

  @Test("the needed options alone give one access point on any free loopback port")
  func defaults() throws {
    let options = try BoardOptions(Self.needed)
    #expect(options.socket == "/run/b.sock")
    #expect(options.port == 0)
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
    #expect(options.port == 8080)
    #expect(options.members.map(\.text) == ["m-1", "m-2"])
    #expect(options.devices == "/d")
    #expect(options.name == "驿站" && options.pace.step == .milliseconds(20))
  }

  private static let refusals: [(words: [String], sentence: String)] = [
    (["--socket", "/s", "--pages", "/p"], "--texts is missing"),
    (needed + ["--listen", "0.0.0.0:80"], "--listen takes 127.0.0.1:PORT, not '0.0.0.0:80'"),
    (needed + ["--listen", "127.0.0.1"], "--listen takes 127.0.0.1:PORT, not '127.0.0.1'"),
    (
      needed + ["--access-points", "5"],
      "--access-points takes a whole number from 1 to 4, not '5'"
    ),
    (
      needed + ["--reader", "/a=9"], "--reader takes PATH or PATH=N with N from 1 to 1, not '/a=9'"
    ),
    (
      needed + ["--reader", "/a=2"], "--reader takes PATH or PATH=N with N from 1 to 1, not '/a=2'"
    ),
    (needed + ["--reader", "=1"], "--reader takes PATH or PATH=N with N from 1 to 1, not '=1'"),
    (needed + ["--member", "m-1"], "--demo-issuer and --member go together"),
    (needed + ["--member", "m 1"], "--member takes \(MemberID.syntax), not 'm 1'"),
    (needed + ["--step", "0"], "--step takes a whole number from 1 to 10000, not '0'"),
    (needed + ["--machine-turn", "5"], "--machine is missing"),
    (needed + ["--colour", "red"], "unknown option or word '--colour'"),
    (needed + ["--name"], "--name needs a value"),
  ]

  @Test("what cannot be meant is refused with a sentence", arguments: refusals)
  func refused(words: [String], sentence: String) {
    do throws(CommandFault) {
      _ = try BoardOptions(words)
      Issue.record("\(words) are taken")
    } catch {
      #expect(error.description == sentence)
    }
  }
}
