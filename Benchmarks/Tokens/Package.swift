// swift-tools-version: 6.2
import PackageDescription

// Apart from the service's own package, so that what it is compared with never becomes a dependency of the service.
let package = Package(
  name: "token-benchmark",
  dependencies: [
    .package(name: "proxyhooks", path: "../.."),
    .package(url: "https://github.com/vapor/jwt-kit", exact: "5.7.1"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.1.0"),
  ],
  targets: [
    .executableTarget(
      name: "TokenBenchmark",
      dependencies: [
        .product(name: "ProxyHooksAuth", package: "proxyhooks"),
        .product(name: "JWTKit", package: "jwt-kit"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
      ],
      swiftSettings: [
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
      ])
  ]
)
