// swift-tools-version: 6.2
import PackageDescription

// Warnings are errors with the compilers that the project is built with; a later compiler may know new ones,
// and must not keep a user from building.
#if compiler(>=6.4)
    let warnings: [SwiftSetting] = []
#else
    let warnings: [SwiftSetting] = [.treatAllWarnings(as: .error)]
#endif

let settings: [SwiftSetting] =
    warnings + [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ]

extension Target.Dependency {
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let asn1 = product(name: "SwiftASN1", package: "swift-asn1")
    static let asyncHTTPClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let deque = product(name: "DequeModule", package: "swift-collections")
    static let heap = product(name: "HeapModule", package: "swift-collections")
    static let grdb = product(name: "GRDB", package: "GRDB.swift")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let logging = product(name: "Logging", package: "swift-log")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioEmbedded = product(name: "NIOEmbedded", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioSSL = product(name: "NIOSSL", package: "swift-nio-ssl")
    static let nioTLS = product(name: "NIOTLS", package: "swift-nio")
    static let serviceLifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let systemPackage = product(name: "SystemPackage", package: "swift-system")
    static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let subprocess = product(name: "Subprocess", package: "swift-subprocess")
    static let x509 = product(name: "X509", package: "swift-certificates")
    static let yams = product(name: "Yams", package: "Yams")
}

func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func executable(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, swiftSettings: settings,
        // Debug information is more than half of a program; the names that a backtrace shows stay.
        linkerSettings: [
            .unsafeFlags(["-Xlinker", "--strip-debug"], .when(platforms: [.linux], configuration: .release))
        ])
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: ["TestSupport"] + dependencies, exclude: exclude, swiftSettings: settings)
}

// Lowest layer first. A module may import what stands above it here, never what stands below;
// `swift build --explicit-target-dependency-import-check error` holds it to what is declared.
let package = Package(
    name: "fed",
    products: [
        .executable(name: "fed-coordinator", targets: ["fed-coordinator"]),
        .executable(name: "fed-client", targets: ["fed-client"]),
        .executable(name: "fed", targets: ["fed"]),
        // Loaded into the programs by tests.
        .library(name: "RecordFaults", type: .dynamic, targets: ["RecordFaults"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.3.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.100.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.6.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0", traits: []),
    ],
    targets: [
        .systemLibrary(
            name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        module("Diagnostics", []),
        module("Randomness", []),
        module("Settings", []),
        module("Parameters", [.crypto]),
        .target(name: "CKernels"),
        .target(name: "CChecksum"),
        module("Learning", ["CKernels", "COpenBLAS", "Parameters", "Randomness", "Settings"]),
        module(
            "Datasets",
            [
                "CZlib", "Diagnostics", "Learning", "Randomness", "Parameters", "Settings", .asyncHTTPClient, .crypto,
                .nioCore,
                .nioHTTP1, .nioPosix,
            ]),
        module("Federation", ["Learning", "Parameters", "Randomness", "Settings"]),
        module("Identity", ["Diagnostics", "Federation", "Parameters", .asn1, .crypto, .x509]),
        module(
            "Scenarios",
            ["Datasets", "Diagnostics", "Federation", "Identity", "Learning", "Randomness", "Settings", .yams]),
        module(
            "Wire",
            [
                "CChecksum", "Datasets", "Diagnostics", "Federation", "Learning", "Parameters", "Randomness",
                "Settings",
                .crypto, .nioCore,
            ]),
        module(
            "Transport",
            ["Diagnostics", "Identity", "Settings", "Wire", .logging, .nioCore, .nioPosix, .nioSSL, .nioTLS]),
        module("Terminal", ["Diagnostics"]),
        module("RunStore", ["Diagnostics", "Federation", "Learning", "Parameters", "Settings", .grdb]),
        module(
            "Runs",
            [
                "Datasets", "Diagnostics", "Federation", "Learning", "Parameters", "Randomness", "RunStore",
                "Scenarios", "Terminal", "Wire",
            ]),
        module(
            "Coordinator",
            [
                "Datasets", "Diagnostics", "Federation", "Identity", "Learning", "Parameters", "RunStore", "Runs",
                "Scenarios", "Settings", "Transport", "Wire", .logging, .nioCore, .nioPosix, .serviceLifecycle,
            ]),
        module(
            "Client",
            ["Datasets", "Diagnostics", "Federation", "Learning", "Parameters", "Randomness", "Wire"]),
        module(
            "Workers",
            [
                "Client", "Datasets", "Diagnostics", "Federation", "Identity", "Learning", "Parameters", "Randomness",
                "Transport", "Wire", .logging, .nioCore, .serviceLifecycle,
            ]),
        module(
            "Simulation",
            [
                "Client", "Datasets", "Diagnostics", "Federation", "Learning", "Parameters", "RunStore", "Runs",
                "Scenarios", "Settings", "Wire", .deque, .heap,
            ]),
        module(
            "Programs",
            [
                "Datasets", "Diagnostics", "Federation", "Learning", "Scenarios", "Terminal", .argumentParser,
                .httpTypes,
                .hummingbird, .logging, .nioCore, .nioPosix, .serviceLifecycle, .unixSignals, .yams,
            ]),
        module(
            "CoordinatorProgram",
            [
                "Coordinator", "Datasets", "Diagnostics", "Federation", "Identity", "Learning", "Programs", "RunStore",
                "Scenarios", "Runs", "Terminal", "Transport", "Wire", .argumentParser, .logging, .serviceLifecycle,
            ]),
        module(
            "ClientProgram",
            [
                "Client", "Datasets", "Diagnostics", "Federation", "Identity", "Programs", "Transport", "Wire",
                "Workers",
                .argumentParser, .logging, .serviceLifecycle,
            ]),
        executable("fed-coordinator", ["CoordinatorProgram"]),
        executable("fed-client", ["ClientProgram"]),
        executable(
            "fed",
            [
                "ClientProgram", "CoordinatorProgram", "Datasets", "Diagnostics", "Federation", "Identity", "Learning",
                "Parameters", "Programs", "RunStore", "Runs", "Scenarios", "Settings", "Simulation", "Terminal",
                "Transport", "Wire",
                .argumentParser, .logging, .nioCore, .serviceLifecycle, .subprocess, .systemPackage,
            ]),

        .target(
            name: "TestSupport", dependencies: ["Identity", "Randomness", "Transport", .nioCore, .nioPosix],
            path: "Tests/TestSupport", swiftSettings: settings),
        tests("DiagnosticsTests", ["Diagnostics"]),
        tests("RandomnessTests", ["Randomness"]),
        tests("ParametersTests", ["Parameters", "Randomness"]),
        tests("SettingsTests", ["Randomness", "Settings"]),
        .target(name: "RecordFaults", path: "Tests/RecordFaults"),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Datasets", "Diagnostics", "Federation", "Identity", "Parameters", "Scenarios", "Wire", .nioCore,
            ],
            path: "Tests/Fuzz/Targets", swiftSettings: settings),
        tests("FuzzTests", ["FuzzTargets", "Randomness"]),
        .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
        tests(
            "LearningTests", ["AllocationCounter", "CKernels", "Learning", "Parameters", "Randomness", "Settings"],
            exclude: ["Golden"]),
        tests(
            "DatasetsTests",
            [
                "CZlib", "Datasets", "Diagnostics", "Learning", "Parameters", "Randomness", "Settings", .nioCore,
                .nioHTTP1,
                .nioPosix,
            ]),
        tests(
            "FederationTests", ["Federation", "Learning", "Parameters", "Randomness", "Settings"],
            exclude: ["Behaviours/References", "Strategies/References"]),
        tests("IdentityTests", ["Diagnostics", "Federation", "Identity", .asn1, .crypto, .x509]),
        tests(
            "ScenariosTests",
            ["Datasets", "Diagnostics", "Federation", "Learning", "Randomness", "Scenarios", "Settings"]),
        tests(
            "WireTests",
            [
                "Datasets", "Federation", "Identity", "Learning", "Parameters", "Randomness", "Settings", "Wire",
                .nioCore, .nioEmbedded,
            ],
            exclude: ["Golden"]),
        tests(
            "TransportTests",
            [
                "Diagnostics", "Federation", "Identity", "Parameters", "Transport", "Wire", .logging, .nioCore,
                .nioPosix,
            ]),
        tests(
            "RunStoreTests", ["Diagnostics", "Federation", "Learning", "Parameters", "Randomness", "RunStore", .grdb]),
        tests("RunsTests", ["Runs"]),
        tests(
            "SimulationTests",
            [
                "Datasets", "Diagnostics", "Federation", "Learning", "Parameters", "RunStore", "Runs", "Scenarios",
                "Settings", "Simulation", "Wire", .grdb,
            ]),
        tests("TerminalTests", ["Terminal"]),
        tests("ProgramsTests", ["Diagnostics", "Programs", "Scenarios"]),
        tests(
            "IntegrationTests",
            [
                "Datasets", "Identity", "Learning", "Parameters", "Randomness", "RecordFaults", "RunStore", "fed",
                "fed-client", "fed-coordinator", .grdb,
                .subprocess, .systemPackage,
            ]),
        tests(
            "CoordinatorTests",
            [
                "Client", "Coordinator", "Datasets", "Diagnostics", "Federation", "Identity", "Learning", "Parameters",
                "Randomness", "RunStore", "Runs", "Scenarios", "Simulation", "Transport", "Wire", "Workers", .logging,
                .nioCore, .nioPosix,
            ]),
    ]
)

// Tests/Fuzz/run builds it, with libFuzzer's main function.
if Context.environment["FED_FUZZ"] != nil {
    package.products.append(.executable(name: "fed-fuzz", targets: ["fed-fuzz"]))
    package.targets += [
        .target(name: "CFuzzer", path: "Tests/Fuzz/Driver"),
        .executableTarget(
            name: "fed-fuzz", dependencies: ["CFuzzer", "FuzzTargets"], path: "Tests/Fuzz/Main", swiftSettings: settings
        ),
    ]
}
