// The folder of a claimed board: written beside the old one, and put in its place at once.

import Glibc
import Keys
import StationProtocol

struct IdentityFolder {
  let path: String

  init(_ path: String) { self.path = path.hasSuffix("/") ? String(path.dropLast()) : path }

  /// Everything belongs to whoever owns the folder around it: the daemon, which reads the key.
  /// - Throws: a failure; what was there before is left as it was.
  func write(_ grant: ClaimGrant, key: KeyHandle) throws(CommandFailure) {
    let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    var owner = stat()
    guard stat(parent.isEmpty ? "/" : parent, &owner) == 0 else {
      throw failure("cannot look at", parent)
    }
    let draft = "\(path).new-\(getpid())"
    guard mkdir(draft, 0o700) == 0 else { throw failure("cannot create", draft) }
    var isDone = false
    defer { if !isDone { Self.remove(draft) } }
    var files: [(name: String, content: [UInt8])] = [
      (IdentityFile.key.rawValue, key.privatePEM),
      (IdentityFile.authority.rawValue, grant.authority.bytes),
      (IdentityFile.broker.rawValue, Array("\(grant.broker) \(grant.port)\n".utf8)),
    ]
    for (index, pem) in grant.serviceKeys.enumerated() {
      files.append((IdentityFile.serviceKey(index + 1), pem.bytes))
    }
    files.append((IdentityFile.certificate.rawValue, grant.certificate.bytes))
    for file in files { try Files.createSecret("\(draft)/\(file.name)", file.content) }
    if geteuid() == 0 {
      for name in files.map({ "\(draft)/\($0.name)" }) + [draft] {
        guard chown(name, owner.st_uid, owner.st_gid) == 0 else {
          throw failure("cannot give to its owner", name)
        }
      }
    }
    try replace(by: draft, in: parent)
    isDone = true
  }

  private func replace(by draft: String, in parent: String) throws(CommandFailure) {
    let old = "\(path).old-\(getpid())"
    let wasThere = rename(path, old) == 0
    guard rename(draft, path) == 0 else {
      let problem = failure("cannot put in its place", path)
      if wasThere { rename(old, path) }
      throw problem
    }
    let folder = open(parent.isEmpty ? "/" : parent, O_RDONLY | O_CLOEXEC)
    if folder >= 0 {
      fsync(folder)
      close(folder)
    }
    if wasThere { Self.remove(old) }
  }

  /// Removes a folder of files that this program has written.
  private static func remove(_ folder: String) {
    let names =
      IdentityFile.allCases.map(\.rawValue)
      + (1...ClaimGrant.mostKeys).map { IdentityFile.serviceKey($0) }
    for name in names { unlink("\(folder)/\(name)") }
    rmdir(folder)
  }

  private func failure(_ what: String, _ place: String) -> CommandFailure {
    CommandFailure("\(what) \(place): \(String(cString: strerror(errno)))")
  }
}
