// The folder of a claimed board: written beside the old one, and put in its place at once.

import CCurl
import Glibc
import Keys
import StationProtocol

/// A folder that is being made. It is there, with the board's key in it, before anybody is asked for
/// anything: a claim that could not be kept would cost the station the board that it has.
///
/// Everything belongs to whoever owns the folder around it: the daemon, which reads the key. As that
/// user may rename what is in there while root writes, files are made and given away by descriptors.
struct IdentityFolder {
  let path: String
  private let parent: String
  private let draft: String
  private let descriptor: Int32
  private let key: KeyHandle
  private let owner: (user: uid_t, group: gid_t)

  /// Makes the draft and writes the key.
  init(_ place: String, key: KeyHandle) throws(CommandFailure) {
    let path = place.count > 1 && place.hasSuffix("/") ? String(place.dropLast()) : place
    self.path = path
    self.key = key
    let around = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    parent = around.isEmpty ? "/" : around
    draft = "\(path).new-\(getpid())"
    var found = stat()
    guard stat(parent, &found) == 0 else { throw Self.failure("cannot look at", parent) }
    owner = (found.st_uid, found.st_gid)
    guard mkdir(draft, 0o700) == 0 else { throw Self.failure("cannot create", draft) }
    descriptor = open(draft, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else {
      let problem = Self.failure("cannot open", draft)
      rmdir(draft)
      throw problem
    }
    do throws(CommandFailure) {
      try create(IdentityFile.next.rawValue, key.privatePEM)
    } catch {
      abandon()
      throw error
    }
  }

  /// Writes what was granted, and puts the folder in its place.
  /// - Throws: a failure; what was there before is left as it was.
  func complete(_ grant: ClaimGrant) throws(CommandFailure) {
    do throws(CommandFailure) {
      try create(IdentityFile.authority.rawValue, grant.authority.bytes)
      try create(IdentityFile.broker.rawValue, Array("\(grant.broker) \(grant.port)\n".utf8))
      for (index, pem) in grant.serviceKeys.enumerated() {
        try create(IdentityFile.serviceKey(index + 1), pem.bytes)
      }
      try create(IdentityFile.board.rawValue, key.privatePEM + grant.certificate.bytes)
      unlinkat(descriptor, IdentityFile.next.rawValue, 0)
      if geteuid() == 0, fchown(descriptor, owner.user, owner.group) != 0 {
        throw Self.failure("cannot give to its owner", draft)
      }
      guard fsync(descriptor) == 0 else { throw Self.failure("cannot write", draft) }
      try takePlace()
    } catch {
      abandon()
      throw error
    }
    close(descriptor)
  }

  /// Removes the draft; what was there before is as it was.
  func abandon() {
    Self.empty(descriptor)
    close(descriptor)
    rmdir(draft)
  }

  /// Exchanges the draft for the folder that is there, in one step, and removes the old one.
  private func takePlace() throws(CommandFailure) {
    if rename_exchange(draft, path) == 0 {
      let old = open(draft, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      if old >= 0 {
        Self.empty(old)
        close(old)
      }
      rmdir(draft)
    } else {
      guard errno == ENOENT, rename(draft, path) == 0 else {
        throw Self.failure("cannot put in its place", path)
      }
    }
    let around = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if around >= 0 {
      fsync(around)
      close(around)
    }
  }

  /// Removes the files that this program writes.
  private static func empty(_ folder: Int32) {
    let names =
      IdentityFile.allCases.map(\.rawValue)
      + (1...ClaimGrant.mostKeys).map { IdentityFile.serviceKey($0) }
    for name in names { unlinkat(folder, name, 0) }
  }

  private func create(_ name: String, _ content: [UInt8]) throws(CommandFailure) {
    let file = openat(
      descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Self.failure("cannot create", "\(draft)/\(name)") }
    defer { close(file) }
    let isGiven = geteuid() != 0 || fchown(file, owner.user, owner.group) == 0
    guard isGiven, Files.write(content, to: file), fsync(file) == 0 else {
      throw Self.failure("cannot write", "\(draft)/\(name)")
    }
  }

  private static func failure(_ what: String, _ place: String) -> CommandFailure {
    CommandFailure("\(what) \(place): \(String(cString: strerror(errno)))")
  }
}
