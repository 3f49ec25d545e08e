// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: Swift 6 mode (the default of this tools version) and no warning left standing.
let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
  name: "proxyhooks",
  products: [
    .executable(name: "proxyhooks", targets: ["Command"]),
    .library(name: "ProxyHooksAuth", targets: ["Auth"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", .upToNextMinor(from: "2.37.6")),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/grpc/grpc-swift-2", from: "2.4.3"),
    .package(url: "https://github.com/grpc/grpc-swift-nio-transport", from: "2.9.2"),
    .package(url: "https://github.com/grpc/grpc-swift-protobuf", from: "2.4.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // C libraries: a module map and a shim each, nothing else.
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    // hiredis' own pkg-config file has a flag that SwiftPM warns of; its header stands where the compiler looks anyway.
    .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
    .systemLibrary(name: "CLinux"),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

    // Pure rooms: bytes and values in, values out.
    .target(name: "StrictJSON", swiftSettings: strict),
    // Rounding is in libm, which an app that imports no Foundation would not link by itself.
    .target(
      name: "Auth", dependencies: ["StrictJSON", "COpenSSL"], swiftSettings: strict,
      linkerSettings: [.linkedLibrary("m")]),

    // What Centrifugo is told, and whether that goes past the hooks: a configuration in, findings out.
    .target(
      name: "CentrifugoSetup",
      dependencies: [
        "StrictJSON", .product(name: "TOMLKit", package: "TOMLKit"), .product(name: "Yams", package: "Yams"),
      ], swiftSettings: strict),

    // Lines that were decided, chained so that a changed, missing or moved one shows.
    .target(name: "Audit", dependencies: ["StrictJSON", "Auth", "COpenSSL", "CLinux"], swiftSettings: strict),

    // The only room that knows SQL and Redis commands.
    .target(
      name: "Storage",
      dependencies: [
        "Auth", "CLibPQ", "CHiredis", "CLinux",
        .product(name: "Logging", package: "swift-log"),
      ],
      resources: [.embedInCode("Postgres/Migrations"), .embedInCode("Redis/gcra.lua")],
      swiftSettings: strict),

    // What protoc makes of the hooks' protocol buffers (Scripts/generate.sh): not written here, so held to no rule of ours.
    .target(
      name: "CentrifugoProxyAPI",
      dependencies: [
        .product(name: "GRPCCore", package: "grpc-swift-2"),
        .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf"),
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      exclude: ["health.proto", "proxy.proto"]),

    // Hooks, their transports, configuration and operations.
    .target(
      name: "ProxyHooks",
      dependencies: [
        "StrictJSON", "Auth", "Audit", "CentrifugoSetup", "Storage", "CentrifugoProxyAPI", "CLinux", "CZlib",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "GRPCCore", package: "grpc-swift-2"),
        // On Linux the core of the transport and nothing else: with its own sockets and TLS, which are not used, come
        // swift-certificates and swift-crypto, and minutes of building.
        .product(name: "GRPCNIOTransportHTTP2TransportServices", package: "grpc-swift-nio-transport"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHPACK", package: "swift-nio-http2"),
        .product(name: "NIOHTTP2", package: "swift-nio-http2"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "NIOTLS", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        .product(name: "Yams", package: "Yams"),
      ],
      resources: [.embedInCode("Policies/standard.yaml")], swiftSettings: strict),
    .executableTarget(
      name: "Command",
      dependencies: [
        "ProxyHooks", "Auth", "Audit", "CentrifugoSetup", "Storage", "StrictJSON",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict),

    .testTarget(name: "StrictJSONTests", dependencies: ["StrictJSON"], swiftSettings: strict),
    .testTarget(name: "AuthTests", dependencies: ["Auth", "StrictJSON"], swiftSettings: strict),
    .testTarget(
      name: "CentrifugoSetupTests", dependencies: ["CentrifugoSetup", "StrictJSON"], exclude: ["Fixtures"],
      swiftSettings: strict),
    .testTarget(name: "AuditTests", dependencies: ["Audit", "Auth", "StrictJSON"], swiftSettings: strict),
    .testTarget(
      name: "CommandTests", dependencies: ["Command", "ProxyHooks", "Audit", "Auth", "StrictJSON"],
      swiftSettings: strict),
    .testTarget(
      name: "StorageTests",
      dependencies: ["Storage", "Auth", "CLibPQ", .product(name: "Logging", package: "swift-log")],
      swiftSettings: strict),
    .testTarget(
      name: "ProxyHooksTests",
      dependencies: [
        "ProxyHooks", "Audit", "CentrifugoSetup", "Storage", "Auth", "StrictJSON", "CentrifugoProxyAPI", "CLinux",
        "COpenSSL",
        .product(name: "GRPCCore", package: "grpc-swift-2"),
        .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      swiftSettings: strict),
  ]
)

// `make fuzz` sets it, and builds with the sanitizers of libFuzzer and a directory of its own: no other build knows of
// this target.
if Context.environment["PROXYHOOKS_TEST_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "Fuzz",
      dependencies: [
        "ProxyHooks", "Storage", "Auth", "StrictJSON", "COpenSSL",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ],
      path: "Tests/Fuzz", exclude: ["Corpus", "Dictionaries"],
      // The main function is libFuzzer's.
      swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])]))
}
