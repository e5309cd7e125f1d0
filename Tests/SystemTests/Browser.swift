// A browser that a test drives by its own hand: chromium without a screen, over WebDriver.
import Foundation
import TestBed

/// One window of one session (W3C WebDriver). The driver and the browser end with their owner.
final class Browser {
  private let driver: Program
  private let address: String
  private let session: String

  /// - Parameter language: what the browser asks pages for: `en` or `zh`.
  init(_ folder: WorkFolder, language: String) throws {
    // Chromium makes a socket below it, whose path may not be long.
    let name = "b\(UUID().uuidString.prefix(6))"
    try FileManager.default.createDirectory(
      atPath: folder.file(name), withIntermediateDirectories: true)
    let log = folder.file("\(name)/driver.log")
    let driver = try Program(
      "chromedriver", ["--port=\(try FreePort.find())"], log: log,
      environment: ["TMPDIR": folder.file(name)])
    self.driver = driver
    let port = try Deadline.wait(60, for: "chromedriver to listen (see \(log))") {
      guard driver.isRunning else { throw TestBedError("chromedriver ended: \(driver.log)") }
      return driver.log.firstMatch(of: /successfully on port (\d+)/).map { String($0.output.1) }
    }
    address = "http://127.0.0.1:\(port)"
    let options: [String: Any] = [
      "args": [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--lang=\(language)",
        "--accept-lang=\(language)", "--user-data-dir=\(folder.file(name))/profile",
        "--window-size=1280,1000",
      ]
    ]
    let wanted: [String: Any] = [
      "capabilities": [
        "alwaysMatch": ["browserName": "chrome", "goog:chromeOptions": options]
      ]
    ]
    let answer = try Self.call("\(address)/session", wanted)
    guard let id = (answer as? [String: Any])?["sessionId"] as? String else {
      throw TestBedError("no WebDriver session: \(answer)")
    }
    session = id
  }

  deinit {
    _ = try? Program.run("curl", ["-s", "-X", "DELETE", "\(address)/session/\(session)"])
    _ = try? driver.stop()
  }

  func open(_ address: String) throws { try command("/url", ["url": address]) }

  /// Makes the page as wide as a screen is: a window of Chromium's own is never as narrow as a phone.
  func resize(width: Int) throws {
    let size: [String: Any] = [
      "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false,
    ]
    try command(
      "/goog/cdp/execute", ["cmd": "Emulation.setDeviceMetricsOverride", "params": size])
  }

  /// Runs a script's body in the page and gives what it returns.
  @discardableResult
  func run(_ script: String, _ arguments: [Any] = []) throws -> Any {
    try command("/execute/sync", ["script": script, "args": arguments])
  }

  /// Everything that can be read on the page, or in the elements of a selector.
  func text(_ selector: String = "body") throws -> String {
    try run(
      """
      return [...document.querySelectorAll(arguments[0])].map((e) => e.innerText).join("\\n");
      """, [selector]) as? String ?? ""
  }

  func count(_ selector: String) throws -> Int {
    try run("return document.querySelectorAll(arguments[0]).length;", [selector]) as? Int ?? -1
  }

  /// Waits until the script's body returns true.
  func wait(until what: String, _ script: String, _ arguments: [Any] = []) throws {
    do {
      try Deadline.wait(30, until: what) { try run(script, arguments) as? Bool == true }
    } catch {
      throw TestBedError("\(error); the page says: \(try text())")
    }
  }

  /// Clicks as soon as there is something to click: a page is drawn when its answers have come.
  func click(_ selector: String) throws {
    let element = try Deadline.wait(for: "\(selector) to be drawn") { () -> String? in
      let shown = try run(
        """
        const element = document.querySelector(arguments[0]);
        return Boolean(element && element.getClientRects().length);
        """, [selector])
      guard shown as? Bool == true else { return nil }
      let found = try command("/element", ["using": "css selector", "value": selector])
      return (found as? [String: String])?.values.first
    }
    try command("/element/\(element)/click", [:])
  }

  /// Picks an option as a person does: the page hears of it.
  func choose(_ value: String, in selector: String) throws {
    try run(
      """
      const choice = document.querySelector(arguments[0]);
      choice.value = arguments[1];
      choice.dispatchEvent(new Event("change", { bubbles: true }));
      """, [selector, value])
  }

  @discardableResult
  private func command(_ path: String, _ body: [String: Any]) throws -> Any {
    try Self.call("\(address)/session/\(session)\(path)", body)
  }

  /// Through curl: Foundation's client does not take the driver's headers.
  private static func call(_ address: String, _ body: [String: Any]) throws -> Any {
    let json = String(decoding: try JSONSerialization.data(withJSONObject: body), as: UTF8.self)
    let answer = try Program.run(
      "curl",
      [
        "-s", "--max-time", "60", "-H", "Content-Type: application/json", "--data-binary", "@-",
        address,
      ], input: json, seconds: 90)
    let object = try JSONSerialization.jsonObject(with: Data(answer.output.utf8))
    let value = (object as? [String: Any])?["value"] ?? NSNull()
    if let problem = (value as? [String: Any])?["error"] as? String {
      throw TestBedError("WebDriver \(address): \(problem): \(answer.output.prefix(500))")
    }
    return value
  }
}
