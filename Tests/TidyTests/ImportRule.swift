// Which module may import which: the architecture as a table, held against every import.

/// What each target under Sources may import. A C library stands in exactly one row: its owner's.
enum Architecture {
  /// The ground floor: what every part above it may import, and what imports nothing of them.
  static let ground: Set<String> = ["Text", "Time", "JSON", "Configuration"]

  static let imports: [String: Set<String>] = [
    "Text": [],
    "Time": [],
    "JSON": ["Text"],
    "Configuration": ["Text", "Time"],
    "StationProtocol": ground,
    "StationCore": ground.union(["StationProtocol"]),
    "ManagementCore": ground.union(["StationProtocol"]),
    "Keys": ["Text", "Time", "CCrypto", "Glibc"],
    "MemberCode": ground.union(["StationProtocol", "Keys", "CSodium", "Glibc"]),
    "QRCode": ["CQRencode", "CPNG", "Glibc"],
    "SQL": [],
    "SQLite": ["SQL", "CSQLite", "Glibc"],
    "Linux": ["Text", "Time", "CLinux", "CSystemd", "CEvdev", "Glibc", "Synchronization"],
    "Daemon": ["Text", "Configuration", "Linux"],
    "Issuers": ["StationProtocol", "Keys", "MemberCode", "Linux", "Glibc"],
    "MQTT": ["CMosquitto", "CTLS", "Linux", "Time", "Glibc"],
    "HTTP": ["CMicroHTTPD", "CGnuTLS", "Linux", "Time", "Glibc"],
    "Modbus": ["CModbus", "Linux", "Time", "Glibc"],
    "GPIO": ["CGPIO", "Linux", "Time", "Glibc"],
    "BoardLink": ["GPIO", "Linux", "Time"],
    "Twins": ["CTwins", "Linux", "Glibc"],
    "StationShell": ground.union([
      "StationCore", "StationProtocol", "Keys", "MemberCode", "SQL", "SQLite", "MQTT", "GPIO",
      "BoardLink",
      "Modbus", "Linux", "HTTP", "Issuers", "Daemon", "Glibc",
    ]),
    "ManagementShell": ground.union([
      "ManagementCore", "StationProtocol", "Keys", "MemberCode", "Issuers", "QRCode", "SQL",
      "SQLite", "MQTT", "HTTP", "Linux", "Daemon", "Glibc",
    ]),
    "FleetSimulator": ground.union([
      "StationCore", "ManagementCore", "StationProtocol", "Configuration", "MemberCode",
    ]),
    "SimulatedBoard": ground.union([
      "StationProtocol", "Keys", "MemberCode", "HTTP", "Linux", "GPIO", "BoardLink", "Twins",
      "Glibc",
    ]),
    "TestBed": ground.union([
      "StationProtocol", "Keys", "MemberCode", "SQL", "SQLite", "MQTT", "Linux", "Glibc",
      "Foundation", "FoundationNetworking", "Dispatch",
    ]),
    "DecoderProbes": ground.union([
      "StationProtocol", "ManagementCore", "Keys", "MemberCode", "StationShell", "ManagementShell",
      "HTTP", "GPIO", "BoardLink", "Linux", "SimulatedBoard", "CCBOR", "Glibc",
    ]),
    "fuzz": ["DecoderProbes", "Linux", "Text", "CFuzzer", "Glibc"],
    "stationd": ["StationShell", "Linux", "Glibc"],
    "managementd": ["ManagementShell", "Linux", "Glibc"],
    "machineboard": ["SimulatedBoard", "Glibc"],
    "stationboard": ["SimulatedBoard", "Linux", "Glibc", "Foundation"],
    "stationctl": ground.union([
      "Keys", "MemberCode", "QRCode", "StationProtocol", "Linux", "CCurl", "Glibc", "Foundation",
    ]),
    "fleetsim": ["FleetSimulator", "StationProtocol", "Linux", "Glibc"],
    "demo": ["TestBed", "Text", "StationProtocol", "MemberCode", "Linux", "Glibc", "Foundation"],
    "emptystation": ["StationShell", "Glibc"],
    "bench": ground.union([
      "MemberCode", "StationShell", "StationCore", "ManagementShell", "ManagementCore", "GPIO",
      "BoardLink", "Keys", "MQTT", "Linux", "StationProtocol", "SQL", "SQLite", "TestBed", "Twins",
      "Glibc",
    ]),
  ]

  /// No I/O, clock, randomness, task or print in these.
  static let pure = ground.union(["StationProtocol", "StationCore", "ManagementCore"])

  /// Where a forbidden system module's work is done instead.
  static let replacements: [String: String] = [
    "Foundation": "use Glibc and the Linux target (Files, Clock, Log); JSON is JSONReader's",
    "FoundationEssentials": "use Glibc and the Linux target; JSON is JSONReader's and JSONWriter's",
    "FoundationNetworking": "use the HTTP target",
    "Dispatch": "use Linux's EventLoop, WorkerThread and Mailbox",
    "Glibc": "leave the system to a shell or an adapter and take its answer as an event",
    "Synchronization": "use Linux's Lock and Mailbox",
    "Observation": "return effects from handle(_:at:)",
  ]

  static func instead(_ module: String, in target: String) -> String {
    if let replacement = replacements[module] { return replacement }
    let owners = imports.filter { $0.value.contains(module) }.keys.sorted()
    if module.hasPrefix("C"), let owner = owners.first { return "go through its owner, \(owner)" }
    return "\(target) may import \(imports[target, default: []].sorted().joined(separator: ", "))"
  }
}

/// - Returns: a fault for each import that the table does not allow.
func importFaults(_ file: SourceFile) -> [Fault] {
  guard let target = file.sourceTarget, target != "C", let swift = file.swift else { return [] }
  guard let allowed = Architecture.imports[target] else {
    return [file.fault(1, "unknown target", "give \(target) a row in the table of ImportRule")]
  }
  return importedModules(swift).filter { !allowed.contains($0.text) }.map {
    file.fault(
      $0.line, "\(target) imports \($0.text)", Architecture.instead($0.text, in: target))
  }
}

/// The first name of each import declaration: `Glibc` of `import Glibc`, of `import func Glibc.open`.
func importedModules(_ swift: SwiftScanner) -> [Token] {
  let kinds: Set = [
    "struct", "class", "enum", "protocol", "typealias", "func", "let", "var",
  ]
  return swift.tokens.indices.compactMap { index in
    guard swift.tokens[index].text == "import", index + 1 < swift.tokens.count else { return nil }
    let next = swift.tokens[index + 1]
    if kinds.contains(next.text), index + 2 < swift.tokens.count { return swift.tokens[index + 2] }
    return next
  }
}

/// What Package.swift says each target under Sources depends on.
func declaredDependencies(_ package: String) -> [String: [String]] {
  let flat = String(package.filter { !$0.isWhitespace })
  let libraries = flat.matches(of: #/[^a-z]part\("(\w+)"(?:,\[([^\]]*)\])?/#)
  let programs = flat.matches(of: #/executableTarget\(name:"(\w+)",dependencies:\[([^\]]*)\]/#)
  var declared: [String: [String]] = [:]
  for (name, list) in libraries.map({ ($0.1, $0.2 ?? "") }) + programs.map({ ($0.1, $0.2) }) {
    declared[String(name)] = list.split(separator: ",").map { $0.filter { $0 != "\"" } }
  }
  return declared
}
