// `stationd --print-config`: the configuration in force, and where each value comes from.
import Configuration
import Linux
import StationCore

/// The text for a technician, made of the file and of what the store remembers of the service.
struct PrintedConfiguration: Equatable {
  let text: String
  /// The reason for which the store was not read; nil where it was, or where there is none.
  let fault: String?

  /// - Parameters:
  ///   - file: the bytes of a file that was found good.
  ///   - settings: read of these bytes.
  init(_ path: String, _ file: [UInt8], _ settings: StationSettings) {
    var kept = KeptSettings()
    var fault: String?
    do throws(UnreadableSettings) {
      kept = try StationStore.keptSettings(at: settings.storePath) ?? kept
    } catch {
      fault = error.description
    }
    self.fault = fault
    text =
      ConfigurationInForce(
        of: INI(file), at: path, kept, fault: fault, table: StationSettings.table,
        book: settings.core.book
      ).text
  }

  /// Writes the text, and behind it the fault to the standard error stream.
  /// - Returns: the exit status: 1 where the store was not read.
  func write() -> Int32 {
    Output.write(text)
    guard let fault else { return 0 }
    Output.complain("stationd: the service's settings are not known: \(fault)")
    return 1
  }
}
