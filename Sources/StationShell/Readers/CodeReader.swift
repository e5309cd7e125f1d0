// What the daemon asks of a scanner, whatever it hangs on.

/// A scanner of codes: `BarcodeReader` on a serial line, `KeyboardScanner` as a keyboard. It is
/// opened again for as long as it takes; everything happens on the loop's thread.
protocol CodeReader: AnyObject {
  var onFrame: (ScanFraming.Frame) -> Void { get set }
  /// Called when the scanner is there, when it is lost, and where the reason changes.
  var onConnection: (_ isConnected: Bool, _ reason: String) -> Void { get set }
  func start()
  func stop()
}
