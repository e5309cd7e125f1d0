// The number of a card that no list names, where the keeper at the station reads it.
import Glibc
import Linux
import StationCore

/// A file that is there while the maintenance key is turned and such a card was shown.
struct UnknownCard {
  /// nil where none is configured.
  let path: String?

  /// - Parameter card: nil where there is nothing to be read any more.
  func show(_ card: Card?) {
    guard let path else { return }
    guard let card else {
      unlink(path)
      return
    }
    do throws(SystemError) {
      try Files.write(Array("\(card)\n".utf8), to: path, mode: 0o640)
    } catch {
      Log.error("a keeper cannot be told a card's number: \(error)")
    }
  }
}
