// swift-tools-version: 6.0
// The worker station: a station daemon, its management service, and the tools around them.
import PackageDescription

/// `make fuzz` builds with this set, in a folder of its own: every part is instrumented, and the
/// fuzzer is one of the programs. No other build knows of it.
let isFuzzing = Context.environment["WORKER_STATION_FUZZ"] != nil
let instrumentation = isFuzzing ? ["-sanitize=fuzzer,address"] : []

/// A C library that Debian ships, seen through one module map. Each has exactly one owner.
func library(_ name: String, _ pkgConfig: String, _ package: String) -> Target {
  .systemLibrary(
    name: name, path: "Sources/C/\(name)", pkgConfig: pkgConfig, providers: [.apt([package])])
}

/// A part of the product: a library target that other targets of this package import.
func part(
  _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [],
  settings: [SwiftSetting] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, exclude: exclude,
    swiftSettings: settings + (instrumentation.isEmpty ? [] : [.unsafeFlags(instrumentation)]))
}

/// The ground floor's functions are specialised and inlined in what stands on it: a record that is
/// read through generic functions of another module costs half as much again. Swift 6 does this for
/// public functions alone, so there `public` takes the place of `package`.
let open: [SwiftSetting] = [
  .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release))
]

/// libFuzzer itself, which comes with the toolchain.
let libFuzzer = Target.systemLibrary(name: "CFuzzer", path: "Sources/C/CFuzzer")

/// libFuzzer's driver with the probes of every decoder.
let fuzzer = Target.executableTarget(
  name: "fuzz", dependencies: ["DecoderProbes", "Linux", "Text", "CFuzzer"],
  swiftSettings: [.unsafeFlags(instrumentation)],
  // Of three linkers this one alone takes the sanitizers' runtimes of every release of Swift.
  linkerSettings: [.unsafeFlags(instrumentation + ["-use-ld=bfd"])])

/// A suite of tests for the targets it names.
func suite(
  _ name: String, _ dependencies: [Target.Dependency], path: String? = nil, exclude: [String] = []
) -> Target {
  .testTarget(name: name, dependencies: dependencies, path: path, exclude: exclude)
}

let package = Package(
  name: "worker-station",
  targets: [
    library("CSodium", "libsodium", "libsodium-dev"),
    library("CCrypto", "libcrypto", "libssl-dev"),
    library("CCurl", "libcurl", "libcurl4-openssl-dev"),
    library("CTLS", "libssl", "libssl-dev"),
    library("CCBOR", "libcbor", "libcbor-dev"),
    library("CSQLite", "sqlite3", "libsqlite3-dev"),
    library("CMosquitto", "libmosquitto", "libmosquitto-dev"),
    library("CMicroHTTPD", "libmicrohttpd", "libmicrohttpd-dev"),
    library("CGnuTLS", "gnutls", "libgnutls28-dev"),
    library("CGPIO", "libgpiod", "libgpiod-dev"),
    library("CModbus", "libmodbus", "libmodbus-dev"),
    library("CSystemd", "libsystemd", "libsystemd-dev"),
    library("CEvdev", "libevdev", "libevdev-dev"),
    library("CTwins", "libevdev", "libevdev-dev"),
    library("CQRencode", "libqrencode", "libqrencode-dev"),
    library("CPNG", "libpng", "libpng-dev"),
    .systemLibrary(name: "CLinux", path: "Sources/C/CLinux"),

    part("Text", settings: open),
    part("Time", settings: open),
    part("JSON", ["Text"], settings: open),
    part("Configuration", ["Text", "Time"], settings: open),

    part(
      "StationProtocol", ["Text", "Time", "JSON", "Configuration"],
      exclude: ["asyncapi.yaml"]
        + [
          "Alarm", "Climate", "Command", "Configuration", "Door", "Entry", "Exchange", "Occupancy",
          "Station",
          "Stream",
        ].map {
          "\($0)/records.yaml"
        }),
    part("StationCore", ["StationProtocol", "Configuration", "Text", "Time"]),
    part("ManagementCore", ["StationProtocol", "Text", "Time", "JSON"]),
    part("Keys", ["Text", "Time", "CCrypto"]),
    part("MemberCode", ["Keys", "StationProtocol", "Text", "Time", "CSodium"]),
    part("QRCode", ["CQRencode", "CPNG"]),
    part("SQL"),
    part("SQLite", ["SQL", "CSQLite"]),
    part("Linux", ["Text", "Time", "CLinux", "CSystemd", "CEvdev"]),
    part("Daemon", ["Text", "Configuration", "Linux"]),
    part("Issuers", ["StationProtocol", "Keys", "MemberCode", "Linux"]),
    part("MQTT", ["Time", "Linux", "CMosquitto", "CTLS"]),
    part("HTTP", ["Time", "Linux", "CMicroHTTPD", "CGnuTLS"]),
    part("Modbus", ["Time", "Linux", "CModbus"]),
    part("GPIO", ["Time", "Linux", "CGPIO"]),
    part("BoardLink", ["GPIO", "Time", "Linux"]),
    part("Twins", ["Linux", "CTwins"]),
    part(
      "StationShell",
      [
        "StationCore", "StationProtocol", "Text", "Time", "JSON", "Configuration", "Keys",
        "MemberCode", "Issuers", "SQL", "SQLite", "MQTT", "HTTP", "GPIO", "BoardLink", "Modbus",
        "Linux",
        "Daemon",
      ], exclude: ["Screen"]),
    part(
      "ManagementShell",
      [
        "ManagementCore", "StationProtocol", "Text", "Time", "JSON", "Configuration", "Keys",
        "MemberCode", "Issuers", "QRCode", "SQL", "SQLite", "MQTT", "HTTP", "Linux", "Daemon",
      ],
      exclude: ["Web"]),
    part(
      "FleetSimulator",
      [
        "StationCore", "ManagementCore", "StationProtocol", "Configuration", "Text", "Time",
        "MemberCode",
      ],
      // Checked in debug builds, by the unit tests; here the check would take a third of the time.
      settings: [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]),
    part(
      "SimulatedBoard",
      [
        "StationProtocol", "Text", "Time", "JSON", "Keys", "MemberCode", "HTTP", "Linux", "GPIO",
        "BoardLink", "Twins",
      ],
      exclude: ["Page"]),
    part(
      "TestBed",
      [
        "StationProtocol", "Time", "Configuration", "Keys", "MemberCode", "SQL", "SQLite", "MQTT",
        "Linux",
      ]),
    part(
      "DecoderProbes",
      [
        "StationProtocol", "Text", "Time", "JSON", "Configuration", "ManagementCore", "Keys",
        "MemberCode", "StationShell", "ManagementShell", "HTTP", "GPIO", "BoardLink", "Linux",
        "SimulatedBoard", "CCBOR",
      ]),

    .executableTarget(name: "stationd", dependencies: ["StationShell"]),
    .executableTarget(name: "managementd", dependencies: ["ManagementShell"]),
    .executableTarget(name: "stationboard", dependencies: ["SimulatedBoard"]),
    .executableTarget(name: "machineboard", dependencies: ["SimulatedBoard"]),
    .executableTarget(
      name: "stationctl",
      dependencies: [
        "Keys", "MemberCode", "QRCode", "StationProtocol", "Text", "Time", "JSON", "CCurl",
      ]),
    .executableTarget(name: "fleetsim", dependencies: ["FleetSimulator", "Linux"]),
    .executableTarget(name: "demo", dependencies: ["TestBed", "Text"]),
    .executableTarget(
      name: "bench",
      dependencies: [
        "MemberCode", "StationShell", "StationCore", "ManagementShell", "ManagementCore", "GPIO",
        "BoardLink", "Keys", "MQTT", "Linux", "StationProtocol", "Text", "Time", "JSON", "TestBed",
        "Twins",
      ], exclude: ["reference", "empty"]),
    .executableTarget(
      name: "emptystation", dependencies: ["StationShell"], path: "Sources/bench/empty"),

    suite("GroundFloorTests", ["Text", "Time", "JSON", "Configuration", "TestBed"]),
    suite("StationProtocolTests", ["StationProtocol", "TestBed"]),
    suite("StationCoreTests", ["StationCore"]),
    suite("ManagementCoreTests", ["ManagementCore", "StationProtocol"]),
    suite("KeysTests", ["Keys", "Time", "TestBed"]),
    suite("MemberCodeTests", ["Keys", "MemberCode", "QRCode", "TestBed"], exclude: ["Vectors"]),
    suite(
      "AdapterTests",
      [
        "Keys", "SQL", "SQLite", "MQTT", "HTTP", "GPIO", "BoardLink", "Modbus", "Linux", "Twins",
        "TestBed",
      ]),
    suite(
      "StationShellTests",
      ["StationShell", "Issuers", "Keys", "SimulatedBoard", "Modbus", "Twins", "TestBed"],
      exclude: ["Fixtures", "Meter"]),
    suite(
      "ManagementShellTests",
      [
        "ManagementShell", "ManagementCore", "StationProtocol", "MemberCode", "SQL", "SQLite",
        "MQTT",
        "Daemon", "HTTP", "Linux", "TestBed",
      ]),
    suite("SimulatedBoardTests", ["SimulatedBoard", "ManagementCore", "Modbus", "Text"]),
    suite("FleetSimulatorTests", ["FleetSimulator", "ManagementCore"], exclude: ["Walks"]),
    suite(
      "ContractTests",
      ["StationProtocol", "ManagementCore", "ManagementShell", "Keys", "MemberCode", "TestBed"],
      exclude: ["Checker", "Fixtures"]),
    suite("TidyTests", ["StationProtocol"]),
    suite(
      "SystemTests",
      ["TestBed", "StationProtocol", "JSON", "Keys", "MemberCode", "Linux", "Time", "Twins"],
      exclude: ["kill-point.c"]),
    suite("AttackTests", ["TestBed", "StationProtocol", "MemberCode", "Linux"]),
    suite("DeploymentTests", ["TestBed"]),
    suite("DecoderProbeTests", ["DecoderProbes", "TestBed"]),
    suite(
      "HardwareTests",
      ["StationShell", "MemberCode", "StationProtocol", "GPIO", "Linux", "Twins", "TestBed"],
      path: "Tests/Hardware",
      exclude: ["edge-trace.c", "guest", "pace", "run", "vm"]),
  ] + (isFuzzing ? [fuzzer, libFuzzer] : []),
  swiftLanguageModes: [.v6]
)

/// `make test-gpiod2` builds everything a second time for what its virtual machine runs: this suite,
/// both daemons, and what they are made of.
if Context.environment["WORKER_STATION_HARDWARE"] != nil {
  package.targets.removeAll {
    ($0.type == .test && $0.name != "HardwareTests")
      || ($0.type == .executable && !["stationd", "managementd"].contains($0.name))
  }
}
