// Reads a configuration that is right key by key, and says what is not right together.
import Configuration

/// Turns values that are right one by one into settings that are right together. Each room reads its
/// own sections in an extension.
struct SettingsReader {
  let configuration: Configuration
  /// The file of which it was read.
  let file: INI
  let version: String
  private(set) var problems: [ConfigurationProblem] = []
  private var claims = DeviceClaims()

  init(configuration: Configuration, of file: INI, version: String) {
    self.configuration = configuration
    self.file = file
    self.version = version
  }

  /// - Parameter line: of the file; nil where something is missing in it as a whole.
  mutating func fail(_ line: Int?, _ message: String) {
    problems.append(ConfigurationProblem(line: line, message))
  }

  mutating func add(_ more: [ConfigurationProblem]) { problems += more }

  /// Takes a device for one user; that another one has it is a problem of this line.
  mutating func claim(_ device: DeviceClaims.Device, for user: String, at line: Int?) {
    guard let other = claims.claim(device, for: user) else { return }
    fail(line, "\(device) serves \(other) already")
  }
}
