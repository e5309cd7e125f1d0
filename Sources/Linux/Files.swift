// Whole files, bounded in size, written so that a power cut leaves the old one or the new one.
import CLinux
import Glibc
import Text

package enum Files {
  /// A byte order mark before a text is left out; nothing else that is read here begins like one.
  /// - Parameter limit: a longer file is an error, not a prefix.
  package static func read(_ path: String, limit: Int = 1 << 20) throws(SystemError) -> [UInt8] {
    let descriptor = linux_open(path, O_RDONLY | O_CLOEXEC, 0)
    guard descriptor >= 0 else { throw SystemError("open", path: path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count == 0 { return TextMark.without(bytes) }
      if count < 0 {
        if errno == EINTR { continue }
        throw SystemError("read", path: path)
      }
      bytes.append(contentsOf: chunk[..<count])
      guard bytes.count <= limit else {
        throw SystemError("read", path: path, detail: "it is longer than \(limit) bytes")
      }
    }
  }

  /// Writes beside the file, flushes, and renames over it.
  package static func write(
    _ bytes: [UInt8], to path: String, mode: UInt32 = 0o644
  ) throws(SystemError) {
    let draft = "\(path).new"
    let descriptor = linux_open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw SystemError("create", path: draft) }
    var isDone = false
    defer {
      close(descriptor)
      if !isDone { unlink(draft) }
    }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress! + written, bytes.count - written)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw SystemError("write", path: draft)
      }
      written += count
    }
    guard fdatasync(descriptor) == 0 else { throw SystemError("flush", path: draft) }
    guard rename(draft, path) == 0 else { throw SystemError("rename to", path: path) }
    isDone = true
  }

  /// Makes a folder where there is none; the one around it has to be there.
  package static func makeFolder(_ path: String) throws(SystemError) {
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
      throw SystemError("create", path: path)
    }
  }

  /// Brings a file that somebody else has written to the disk.
  package static func flush(_ path: String) throws(SystemError) {
    let descriptor = linux_open(path, O_RDONLY | O_CLOEXEC, 0)
    guard descriptor >= 0 else { throw SystemError("open", path: path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw SystemError("flush", path: path) }
  }

  /// Removes a file; one that is not there is removed.
  package static func remove(_ path: String) throws(SystemError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw SystemError("remove", path: path) }
  }

  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Whether users who are neither the owner of a file nor in its group may do anything with it.
  package static func isOpenToOthers(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & 0o007 != 0
  }

  /// The names in a folder, sorted, without those that begin with a dot.
  package static func names(in folder: String) throws(SystemError) -> [String] {
    guard let stream = opendir(folder) else { throw SystemError("open the folder", path: folder) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = Glibc.readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }
}
