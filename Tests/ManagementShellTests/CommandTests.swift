// managementd's command line, its configuration and its secrets.
import Foundation
import ManagementCore
import StationProtocol
import TestBed
import Testing

@testable import ManagementShell

@Suite("managementd")
struct CommandTests {
  private static func run(_ words: String...) throws -> (status: Int32, output: String) {
    let ending = try Program.run(Checkout.program("managementd"), words)
    return (ending.status, ending.output)
  }

  @Test("the printed default is a good configuration with nothing missing")
  func defaults() throws {
    let printed = try Self.run("--print-default-config")
    #expect(printed.status == 0)
    let folder = try WorkFolder()
    let path = try folder.write(printed.output, to: "managementd.conf")
    let checked = try Self.run("--config", path, "--check-config")
    #expect(checked.status == 0, "\(checked.output)")
    let settings = try ManagementSettings(Array(printed.output.utf8))
    let ofNothing = try ManagementSettings([])
    #expect(settings == ofNothing)
    #expect(settings.isLoopback && settings.port == 8080 && settings.codeLife == .seconds(60))
  }

  @Test("a wrong configuration is refused with every mistake and its line, by its own status")
  func wrongConfiguration() throws {
    let folder = try WorkFolder()
    let path = try folder.write(
      "[http]\nport = 99999\n[store]\npath = here\ncolour = 3\n", to: "bad.conf")
    for words in [["--config", path], ["--config", path, "--check-config"]] {
      let ending = try Program.run(Checkout.program("managementd"), words)
      #expect(ending.status == 78)
      for line in ["line 2", "line 4", "line 5"] { #expect(ending.output.contains(line)) }
    }
  }

  @Test("anything else on the command line is refused; the version is told")
  func commandLine() throws {
    #expect(try Self.run().status == 2)
    #expect(try Self.run("--config").status == 2)
    #expect(try Self.run("--verbose").status == 2)
    #expect(try Self.run("--config", "/nowhere/at/all.conf").status == 1)
    #expect(try Self.run("--version").output == "managementd \(ManagementCommand.version)\n")
  }

  @Test("without tokens the service refuses to listen for others, and says so")
  func noTokens() throws {
    let folder = try WorkFolder()
    try folder.write("x\n", to: "credentials/mqtt-password")
    let path = try folder.write(
      """
      [http]
      address = 0.0.0.0
      port = 0
      [credentials]
      directory = \(folder.file("credentials"))
      [store]
      path = \(folder.file("m.sqlite"))
      """, to: "m.conf")
    let ending = try Self.run("--config", path)
    #expect(ending.status == 1)
    #expect(ending.output.contains("0.0.0.0"))
  }

  @Test("a token names its actor and role; a line that is none is refused without its token")
  func tokens() throws {
    let secret = "0123456789abcdef"
    let tokens = try Tokens("# people\r\nann:manager:\(secret)\r\n\r\nbob:viewer:\(secret)x:y\r\n")
    #expect(
      tokens.actor(authorization: "Bearer \(secret)") == Actor(name: "ann", role: .manager))
    #expect(
      tokens.actor(authorization: "bearer \(secret)x:y") == Actor(name: "bob", role: .viewer))
    for wrong in [nil, "", "Bearer", "Bearer \(secret)y", "Bearer 0123456789abcde", secret] {
      #expect(tokens.actor(authorization: wrong) == nil)
    }
    #expect(Tokens().actor(authorization: "Bearer ") == nil)
    for line in [
      "ann:manager", "ann:king:\(secret)", ":viewer:\(secret)", "ann:viewer:short",
      "ann:viewer:\(secret) ", "ann:viewer:\(secret)\u{0B}bob:manager:\(secret)x",
      "a\u{0B}n:viewer:\(secret)", "ann:viewer:\(secret)\rbob:manager:\(secret)x",
      "ann:viewer:" + String(repeating: secret, count: 33),
    ] {
      do throws(Tokens.Fault) {
        _ = try Tokens("\n\(line)")
        Issue.record("accepted: \(line)")
      } catch {
        #expect(error.line == 2 && !error.description.contains(secret))
      }
    }
  }

  @Test("a token that stands twice names nobody: it is refused, and the longest one works")
  func sharedToken() throws {
    let secret = "0123456789abcdef"
    do throws(Tokens.Fault) {
      _ = try Tokens("ann:viewer:\(secret)\nbob:manager:\(secret)\n")
      Issue.record("two actors share a token")
    } catch {
      #expect(error.line == 2 && !error.description.contains(secret))
    }
    let longest = String(repeating: secret, count: Tokens.longest / 16)
    let tokens = try Tokens("ann:viewer:\(longest)")
    #expect(tokens.actor(authorization: "Bearer \(longest)")?.name == "ann")
  }
}
