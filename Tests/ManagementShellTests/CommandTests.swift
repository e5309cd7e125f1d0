// managementd's command line, its configuration and its secrets.
import Configuration
import Foundation
import ManagementCore
import MemberCode
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

  @Test("a certificate key without a certificate is refused with its line")
  func certificateKeyAlone() throws {
    do throws(ConfigurationError) {
      _ = try ManagementSettings(Array("[http]\nport = 80\ncertificate-key = /a.key\n".utf8))
      Issue.record("it was taken")
    } catch {
      #expect(error.lines.first?.hasPrefix("line 3: [http] certificate-key: ") == true)
    }
    let settings = try ManagementSettings(Array("[http]\ncertificate = /a.crt\n".utf8))
    #expect(settings.certificate == "/a.crt" && settings.certificateKey == nil)
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

  @Test("a token names its actor and role; a line that is none is skipped, named without its token")
  func tokens() throws {
    let secret = "0123456789abcdef"
    let (tokens, none) = Tokens.read(
      "# people\r\nann:manager:\(secret)\r\n\r\nbob:viewer:\(secret)x:y\r\n")
    #expect(none.isEmpty)
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
      let (rest, faults) = Tokens.read("\n\(line)\nzoe:viewer:\(secret)-of-zoe")
      #expect(faults.map(\.line) == [2], "\(line)")
      #expect(faults.allSatisfy { !$0.description.contains(secret) })
      #expect(rest.actor(authorization: "Bearer \(secret)-of-zoe")?.name == "zoe")
    }
  }

  @Test("a token that stands twice names the first; the second line is skipped")
  func sharedToken() throws {
    let secret = "0123456789abcdef"
    let (shared, faults) = Tokens.read("ann:viewer:\(secret)\nbob:manager:\(secret)\n")
    #expect(faults.map(\.line) == [2])
    #expect(faults.allSatisfy { !$0.description.contains(secret) })
    #expect(shared.actor(authorization: "Bearer \(secret)")?.name == "ann")
    let longest = String(repeating: secret, count: Tokens.longest / 16)
    let tokens = Tokens.read("ann:viewer:\(longest)").tokens
    #expect(tokens.actor(authorization: "Bearer \(longest)")?.name == "ann")
  }

  @Test("each credential is looked for where the shipped unit takes it from")
  func homes() throws {
    for (unit, credentials) in [
      (
        "managementd",
        [
          ManagementCredentials.password, ManagementCredentials.tokens,
          ManagementCredentials.issuer,
        ]
      )
    ] {
      let text = try String(
        contentsOfFile: Checkout.file("systemd/\(unit).service"), encoding: .utf8)
      for credential in credentials {
        #expect(text.contains("\nLoadCredential=\(credential.name):\(credential.home)\n"))
        // Without it, systemd itself stops the unit and says "Protocol error".
        #expect(text.contains("\nSetCredential=\(credential.name):\\n\n"))
      }
      #expect(text.contains("\nExecReload=/bin/kill -HUP $MAINPID\n"))
      #expect(text.contains(ManagementCredentials.tokens.home + " /run/worker-station-management/"))
    }
  }

  @Test("--check-config reads the credentials, and names the line, the path and what is wrong")
  func checkedCredentials() throws {
    let folder = try WorkFolder()
    let credentials = folder.file("credentials")
    let path = try folder.write(
      "[credentials]\ndirectory = \(credentials)\n[store]\npath = \(folder.file("m.sqlite"))\n",
      to: "m.conf")
    let missing = try Self.run("--config", path, "--check-config")
    #expect(missing.status == 78)
    #expect(
      missing.output.contains(
        "cannot read the credential mqtt-password \(credentials)/mqtt-password: No such file"))
    #expect(!missing.output.contains("no errors"))
    try folder.write("x\n", to: "credentials/mqtt-password")
    let secret = "0123456789abcdef"
    try folder.write("ann:king:\(secret)\nbob:viewer:\(secret)\n", to: "credentials/api-tokens")
    try folder.write("no key\n", to: "credentials/issuer-key")
    let faulty = try Self.run("--config", path, "--check-config")
    #expect(faulty.status == 78)
    #expect(faulty.output.contains("api-tokens, line 1: the role is viewer or manager"))
    #expect(faulty.output.contains("issuer-key: no PEM block found"))
    #expect(!faulty.output.contains(secret))
    try folder.write("bob:viewer:\(secret)\n", to: "credentials/api-tokens")
    try folder.write(
      String(decoding: SigningKey.generate().privatePEM, as: UTF8.self),
      to: "credentials/issuer-key")
    try folder.write(
      String(decoding: SigningKey.generate().privatePEM, as: UTF8.self),
      to: "credentials/command-key")
    let good = try Self.run("--config", path, "--check-config")
    #expect(good == (0, "\(path): no errors\n"))
  }
}
