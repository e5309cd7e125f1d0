// Whether the books are in order: what `managementd --check` prints.
import Linux
import ManagementCore

/// Reads the store of a service, running or not, and changes nothing.
enum StoreCheck {
  /// - Returns: the exit status: 0 where all is in order, 1 where something is not or the store
  ///   cannot be read.
  static func run(_ settings: ManagementSettings) -> Int32 {
    do throws(StoreFailure) {
      let store = try SQLiteStore(reading: settings.storePath)
      defer { store.close() }
      let faults = try store.structureFaults()
      for fault in faults { Output.write("damaged: \(fault)\n") }
      let proof = try store.proof(at: Timekeeper().now())
      for line in proof.lines { Output.write("\(line)\n") }
      return faults.isEmpty && proof.isClean ? 0 : 1
    } catch {
      Output.complain("the store cannot be checked: \(error)")
      return 1
    }
  }
}
