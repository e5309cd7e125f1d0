// A QR symbol as a PNG image, written by libpng.

import CPNG

extension QRSymbol {
  package static let scales = 1...32

  /// A greyscale image with its quiet zone.
  /// - Parameter scale: pixels along a module, in `scales`.
  package func png(scale: Int = 8) throws(QRError) -> [UInt8] {
    precondition(Self.scales.contains(scale), "a module has 1 to 32 pixels along its side")
    let width = extent.count * scale
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    image.width = png_uint_32(width)
    image.height = png_uint_32(width)
    image.format = png_uint_32(PNG_FORMAT_GRAY)
    let pixels = pixels(scale: scale)
    // Deflate adds at most a few bytes for each block of what it cannot make smaller.
    var size = pixels.count + pixels.count / 100 + 1024
    var file = [UInt8](repeating: 0, count: size)
    let isWritten = png_image_write_to_memory(
      &image, &file, &size, 0, pixels, png_int_32(width), nil)
    png_image_free(&image)
    guard isWritten != 0 else { throw .library("libpng: \(Self.text(of: image.message))") }
    return Array(file.prefix(size))
  }

  private func pixels(scale: Int) -> [UInt8] {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(extent.count * extent.count * scale * scale)
    for row in extent {
      let line: [UInt8] = extent.flatMap { column in
        repeatElement(UInt8(isDark(column: column, row: row) ? 0 : 0xFF), count: scale)
      }
      for _ in 0..<scale { pixels.append(contentsOf: line) }
    }
    return pixels
  }

  /// C keeps the message in an array, which Swift sees as a tuple of characters.
  private static func text<Message>(of message: Message) -> String {
    withUnsafeBytes(of: message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
