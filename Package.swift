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

/// libFuzzer itself, which comes with the toolchain.
let libFuzzer = Target.systemLibrary(name: "CFuzzer", path: "Sources/C/CFuzzer")

/// libFuzzer's driver with the probes of every decoder.
let fuzzer = Target.executableTarget(
  name: "fuzz", dependencies: ["DecoderProbes", "Linux", "StationProtocol", "CFuzzer"],
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
    library("CCBOR", "libcbor", "libcbor-dev"),
    library("CSQLite", "sqlite3", "libsqlite3-dev"),
    library("CMosquitto", "libmosquitto", "libmosquitto-dev"),
    library("CMicroHTTPD", "libmicrohttpd", "libmicrohttpd-dev"),
    library("CGPIO", "libgpiod", "libgpiod-dev"),
    library("CModbus", "libmodbus", "libmodbus-dev"),
    library("CSystemd", "libsystemd", "libsystemd-dev"),
    library("CEvdev", "libevdev", "libevdev-dev"),
    library("CQRencode", "libqrencode", "libqrencode-dev"),
    library("CPNG", "libpng", "libpng-dev"),
    .systemLibrary(name: "CLinux", path: "Sources/C/CLinux"),

    part("StationProtocol", exclude: ["asyncapi.yaml"]),
    part("StationCore", ["StationProtocol"]),
    part("ManagementCore", ["StationProtocol"]),
    part("MemberCode", ["StationProtocol", "CSodium", "CCrypto", "CCBOR"]),
    part("QRCode", ["CQRencode", "CPNG"]),
    part("SQLite", ["CSQLite"]),
    part("Linux", ["StationProtocol", "CLinux", "CSystemd", "CEvdev"]),
    part("Issuers", ["StationProtocol", "MemberCode", "Linux"]),
    part("MQTT", ["StationProtocol", "CMosquitto", "Linux"]),
    part("HTTP", ["StationProtocol", "CMicroHTTPD", "Linux"]),
    part("Modbus", ["StationProtocol", "CModbus", "Linux"]),
    part("GPIO", ["StationProtocol", "CGPIO", "Linux"]),
    part(
      "StationShell",
      [
        "StationCore", "StationProtocol", "MemberCode", "Issuers", "SQLite", "MQTT", "HTTP", "GPIO",
        "Modbus", "Linux",
      ], exclude: ["Screen"]),
    part(
      "ManagementShell",
      [
        "ManagementCore", "StationProtocol", "MemberCode", "Issuers", "QRCode", "SQLite", "MQTT",
        "HTTP", "Linux",
      ],
      exclude: ["Web"]),
    part(
      "FleetSimulator", ["StationCore", "ManagementCore", "StationProtocol", "MemberCode"],
      // Checked in debug builds, by the unit tests; here the check would take a third of the time.
      settings: [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]),
    part(
      "SimulatedBoard", ["StationProtocol", "MemberCode", "HTTP", "Linux", "GPIO"],
      exclude: ["Page"]),
    part("TestBed", ["StationProtocol", "MemberCode", "SQLite", "MQTT", "Linux"]),
    part(
      "DecoderProbes",
      [
        "StationProtocol", "ManagementCore", "MemberCode", "StationShell", "ManagementShell",
        "HTTP", "GPIO", "Linux", "SimulatedBoard",
      ]),

    .executableTarget(name: "stationd", dependencies: ["StationShell"]),
    .executableTarget(name: "managementd", dependencies: ["ManagementShell"]),
    .executableTarget(name: "stationboard", dependencies: ["SimulatedBoard"]),
    .executableTarget(name: "machineboard", dependencies: ["SimulatedBoard"]),
    .executableTarget(
      name: "stationctl", dependencies: ["MemberCode", "QRCode", "StationProtocol"]),
    .executableTarget(name: "fleetsim", dependencies: ["FleetSimulator", "Linux"]),
    .executableTarget(name: "demo", dependencies: ["TestBed"]),
    .executableTarget(
      name: "bench",
      dependencies: [
        "MemberCode", "StationShell", "StationCore", "ManagementShell", "ManagementCore", "GPIO",
        "MQTT", "Linux", "StationProtocol", "TestBed",
      ], exclude: ["reference", "empty"]),
    .executableTarget(
      name: "emptystation", dependencies: ["StationShell"], path: "Sources/bench/empty"),

    suite("StationProtocolTests", ["StationProtocol"]),
    suite("StationCoreTests", ["StationCore"]),
    suite("ManagementCoreTests", ["ManagementCore", "StationProtocol"]),
    suite("MemberCodeTests", ["MemberCode", "QRCode"], exclude: ["Vectors"]),
    suite("AdapterTests", ["SQLite", "MQTT", "HTTP", "GPIO", "Modbus", "Linux", "TestBed"]),
    suite(
      "StationShellTests", ["StationShell", "Issuers", "SimulatedBoard", "Modbus", "TestBed"],
      exclude: ["Fixtures", "Meter"]),
    suite(
      "ManagementShellTests",
      [
        "ManagementShell", "ManagementCore", "StationProtocol", "MemberCode", "SQLite", "MQTT",
        "HTTP", "Linux", "TestBed",
      ]),
    suite("SimulatedBoardTests", ["SimulatedBoard", "ManagementCore", "Modbus"]),
    suite("FleetSimulatorTests", ["FleetSimulator", "ManagementCore"], exclude: ["Walks"]),
    suite(
      "ContractTests",
      ["StationProtocol", "ManagementCore", "ManagementShell", "MemberCode", "TestBed"],
      exclude: ["Checker", "Fixtures"]),
    suite("TidyTests", ["StationProtocol"]),
    suite(
      "SystemTests", ["TestBed", "StationProtocol", "MemberCode", "Linux"],
      exclude: ["kill-point.c"]),
    suite("AttackTests", ["TestBed", "StationProtocol", "MemberCode", "Linux"]),
    suite("DeploymentTests", ["TestBed"]),
    suite("DecoderProbeTests", ["DecoderProbes"]),
    suite(
      "HardwareTests",
      ["StationShell", "MemberCode", "StationProtocol", "GPIO", "Linux", "TestBed"],
      path: "Tests/Hardware",
      exclude: ["edge-trace.c", "guest", "pace", "run", "vm"]),
  ] + (isFuzzing ? [fuzzer, libFuzzer] : []),
  swiftLanguageModes: [.v6]
)

/// `make test-gpiod2` builds everything a second time for what its virtual machine runs: this suite,
/// the daemon, and what they are made of.
if Context.environment["WORKER_STATION_HARDWARE"] != nil {
  package.targets.removeAll {
    ($0.type == .test && $0.name != "HardwareTests")
      || ($0.type == .executable && $0.name != "stationd")
  }
}
