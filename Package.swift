// swift-tools-version: 6.2
import PackageDescription

// MARK: - Settings every target of ours shares

/// Set by `make test`: our own targets count what is run of them. Third-party packages stay as they are,
/// which `swift test --enable-code-coverage` would build again and slow down.
let isMeasured = Context.environment["FLOTILLA_COVERAGE"] == "1"

let settings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ] + (isMeasured ? [.unsafeFlags(["-profile-generate", "-profile-coverage-mapping"])] : [])

let linking: [LinkerSetting] = isMeasured ? [.unsafeFlags(["-profile-generate"])] : []

// MARK: - Third-party products, by the short name used below

let products: [String: Target.Dependency] = [
    "ArgumentParser": .product(name: "ArgumentParser", package: "swift-argument-parser"),
    "AsyncHTTPClient": .product(name: "AsyncHTTPClient", package: "async-http-client"),
    "Configuration": .product(name: "Configuration", package: "swift-configuration"),
    "CryptoExtras": .product(name: "CryptoExtras", package: "swift-crypto"),
    "Crypto": .product(name: "Crypto", package: "swift-crypto"),
    "DequeModule": .product(name: "DequeModule", package: "swift-collections"),
    "GRPCCore": .product(name: "GRPCCore", package: "grpc-swift-2"),
    "GRPCInProcessTransport": .product(name: "GRPCInProcessTransport", package: "grpc-swift-2"),
    "GRPCProtobuf": .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf"),
    "HTTPTypes": .product(name: "HTTPTypes", package: "swift-http-types"),
    "HummingbirdCore": .product(name: "HummingbirdCore", package: "hummingbird"),
    "JWTKit": .product(name: "JWTKit", package: "jwt-kit"),
    "Logging": .product(name: "Logging", package: "swift-log"),
    "Metrics": .product(name: "Metrics", package: "swift-metrics"),
    "NIOCore": .product(name: "NIOCore", package: "swift-nio"),
    "NIOHPACK": .product(name: "NIOHPACK", package: "swift-nio-http2"),
    "NIOHTTP1": .product(name: "NIOHTTP1", package: "swift-nio"),
    "NIOHTTP2": .product(name: "NIOHTTP2", package: "swift-nio-http2"),
    "NIOPosix": .product(name: "NIOPosix", package: "swift-nio"),
    "ServiceLifecycle": .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
    "SwiftProtobuf": .product(name: "SwiftProtobuf", package: "swift-protobuf"),
    "Tracing": .product(name: "Tracing", package: "swift-distributed-tracing"),
    "UnixSignals": .product(name: "UnixSignals", package: "swift-service-lifecycle"),
    "Yams": .product(name: "Yams", package: "Yams"),
]

func dependencies(_ names: String) -> [Target.Dependency] {
    names.split(separator: " ").map { name in products[String(name)] ?? .byName(name: String(name)) }
}

/// A library of the toolkit: Sources/Toolkit/NAME, with its own product.
func toolkit(_ name: String, _ names: String = "") -> Target {
    .target(
        name: name, dependencies: dependencies(names), path: "Sources/Toolkit/\(name)",
        swiftSettings: settings, linkerSettings: linking)
}

/// A target of the Shop: Sources/Shop/NAME. It sees only the toolkit's `public` API.
func shop(
    _ name: String, _ names: String = "", exclude: [String] = [], resources: [Resource] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies(names), path: "Sources/Shop/\(name)", exclude: exclude,
        resources: resources, packageAccess: false, swiftSettings: settings)
}

func tests(_ name: String, _ names: String, exclude: [String] = []) -> Target {
    .testTarget(
        name: name, dependencies: dependencies(names), path: "Tests/\(name)", exclude: exclude,
        swiftSettings: settings)
}

// MARK: - Toolkit, bottom up: a target may depend only on those above it

let toolkitTargets: [Target] = [
    .systemLibrary(
        name: "CSQLite", path: "Sources/Toolkit/CSQLite", pkgConfig: "sqlite3",
        providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite3"])]),
    .target(name: "CSimulatedDisk", dependencies: ["CSQLite"], path: "Sources/Toolkit/CSimulatedDisk"),
    toolkit("FlotillaCore"),
    toolkit("FlotillaProtobuf", "FlotillaCore SwiftProtobuf"),
    toolkit("FlotillaConfiguration", "FlotillaCore Configuration Yams"),
    toolkit("FlotillaResilience", "FlotillaCore"),
    toolkit("FlotillaPolicies", "FlotillaConfiguration FlotillaResilience"),
    .systemLibrary(name: "CEpoll", path: "Sources/Toolkit/CEpoll"),
    .systemLibrary(
        name: "CBrotli", path: "Sources/Toolkit/CBrotli", pkgConfig: "libbrotlienc",
        providers: [.apt(["libbrotli-dev"]), .brew(["brotli"])]),
    .systemLibrary(
        name: "CZlib", path: "Sources/Toolkit/CZlib", pkgConfig: "zlib",
        providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(
        name: "COpenSSL", path: "Sources/Toolkit/COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
        name: "CNGHTTP2", path: "Sources/Toolkit/CNGHTTP2", pkgConfig: "libnghttp2",
        providers: [.apt(["libnghttp2-dev"])]),
    toolkit("FlotillaProxy", "CEpoll CNGHTTP2 COpenSSL FlotillaCore FlotillaResilience"),
    toolkit("FlotillaObservability", "FlotillaCore Logging Metrics Tracing"),
    toolkit("FlotillaSecurity", "FlotillaCore JWTKit Crypto CryptoExtras"),
    toolkit("FlotillaStorage", "FlotillaCore CSQLite DequeModule"),
    toolkit("FlotillaMessaging", "FlotillaCore FlotillaStorage FlotillaObservability Logging DequeModule"),
    toolkit("FlotillaEventSourcing", "FlotillaCore FlotillaStorage"),
    toolkit("FlotillaSagas", "FlotillaCore FlotillaObservability FlotillaStorage FlotillaMessaging"),
    toolkit(
        "FlotillaHTTP",
        """
        FlotillaCore FlotillaObservability FlotillaSecurity FlotillaResilience HTTPTypes HummingbirdCore \
        AsyncHTTPClient NIOCore NIOHTTP1 NIOPosix Logging
        """),
    toolkit(
        "FlotillaRPC",
        """
        FlotillaCore FlotillaObservability FlotillaResilience GRPCCore GRPCInProcessTransport GRPCProtobuf \
        SwiftProtobuf
        """),
    toolkit(
        "FlotillaTranscoding",
        """
        FlotillaCore FlotillaConfiguration FlotillaHTTP FlotillaResilience HTTPTypes NIOCore NIOHPACK NIOHTTP2 NIOPosix
        """),
    toolkit(
        "FlotillaGateway",
        """
        CBrotli CZlib FlotillaCore FlotillaConfiguration FlotillaHTTP FlotillaObservability FlotillaPolicies \
        FlotillaProxy FlotillaSecurity FlotillaResilience FlotillaTranscoding HTTPTypes
        """),
    toolkit(
        "FlotillaRuntime",
        """
        FlotillaCore FlotillaConfiguration FlotillaObservability FlotillaStorage FlotillaMessaging \
        FlotillaEventSourcing FlotillaPolicies FlotillaSagas FlotillaHTTP FlotillaRPC FlotillaSecurity \
        FlotillaResilience ArgumentParser HTTPTypes ServiceLifecycle UnixSignals Logging Metrics
        """),
    toolkit(
        "FlotillaOperations",
        """
        FlotillaCore FlotillaConfiguration FlotillaGateway FlotillaResilience FlotillaObservability FlotillaMessaging \
        FlotillaSagas FlotillaHTTP FlotillaRuntime FlotillaStorage HTTPTypes
        """),
    toolkit(
        "FlotillaSimulation",
        """
        CSimulatedDisk FlotillaCore FlotillaObservability FlotillaResilience FlotillaStorage FlotillaMessaging \
        FlotillaHTTP FlotillaRPC FlotillaRuntime ArgumentParser Crypto HTTPTypes
        """),
    toolkit(
        "FlotillaTesting",
        """
        FlotillaCore FlotillaObservability FlotillaSecurity FlotillaResilience FlotillaStorage FlotillaMessaging \
        FlotillaEventSourcing FlotillaHTTP FlotillaRPC FlotillaRuntime HTTPTypes
        """),
]

// MARK: - The Shop

let service = """
    FlotillaCore FlotillaObservability FlotillaStorage FlotillaMessaging FlotillaHTTP FlotillaRPC FlotillaRuntime \
    HTTPTypes ShopContracts ShopContractsRPC
    """

let shopTargets: [Target] = [
    shop("ShopContracts", "FlotillaCore FlotillaProtobuf SwiftProtobuf"),
    shop("ShopContractsRPC", "ShopContracts FlotillaRPC GRPCCore GRPCProtobuf SwiftProtobuf"),
    shop("ShopUsers", service + " FlotillaSecurity"),
    shop("ShopCatalog", service),
    shop("ShopCarts", service),
    shop(
        "ShopOrders", service + " FlotillaEventSourcing FlotillaProtobuf FlotillaSagas SwiftProtobuf",
        exclude: ["Adapters/Records/order_records.proto"]),
    shop("ShopPayments", service + " FlotillaSecurity"),
    shop("ShopInventory", service),
    shop("ShopShipping", service),
    shop("ShopNotifications", service + " FlotillaSecurity"),
    shop(
        "ShopEdge",
        "FlotillaCore FlotillaObservability FlotillaResilience FlotillaHTTP FlotillaGateway HTTPTypes"),
    shop(
        "ShopSimulation",
        """
        FlotillaCore FlotillaGateway FlotillaHTTP FlotillaMessaging FlotillaObservability FlotillaResilience \
        FlotillaRuntime FlotillaSecurity FlotillaSimulation FlotillaStorage HTTPTypes ShopEdge
        """),
    shop(
        "ShopSystem",
        """
        FlotillaCore FlotillaConfiguration FlotillaGateway FlotillaHTTP FlotillaObservability FlotillaResilience \
        FlotillaRuntime FlotillaOperations FlotillaSecurity FlotillaSimulation ArgumentParser ShopSimulation \
        ShopContracts ShopUsers ShopCatalog ShopCarts ShopOrders ShopPayments ShopInventory ShopShipping \
        ShopNotifications ShopEdge HTTPTypes
        """, resources: [.embedInCode("policies.yaml")]),
    .executableTarget(
        name: "shop", dependencies: ["ShopSystem"], path: "Sources/Shop/shop",
        packageAccess: false, swiftSettings: settings),
]

// MARK: - Examples

let exampleTargets: [Target] = [
    .executableTarget(
        name: "hello-fleet",
        dependencies: dependencies(
            """
            ArgumentParser FlotillaCore FlotillaHTTP FlotillaMessaging FlotillaRuntime FlotillaSimulation \
            FlotillaStorage HTTPTypes
            """),
        path: "Examples/hello-fleet", packageAccess: false, swiftSettings: settings)
]

// MARK: - Tests

let testTargets: [Target] = [
    .systemLibrary(name: "CDecoders", path: "Tests/CDecoders", pkgConfig: "libbrotlidec"),
    tests(
        "ShopCatalogTests",
        "ShopCatalog ShopContracts FlotillaCore FlotillaHTTP FlotillaRuntime FlotillaTesting HTTPTypes"),
    tests(
        "ShopCartsTests",
        """
        ShopCarts ShopContracts ShopContractsRPC FlotillaCore FlotillaHTTP FlotillaObservability FlotillaResilience \
        FlotillaRPC FlotillaRuntime FlotillaStorage FlotillaTesting HTTPTypes
        """),
    tests(
        "ShopInventoryTests",
        """
        ShopInventory ShopContracts ShopContractsRPC FlotillaCore FlotillaHTTP FlotillaMessaging FlotillaProtobuf \
        FlotillaObservability FlotillaResilience FlotillaRPC FlotillaRuntime FlotillaStorage FlotillaTesting HTTPTypes
        """),
    tests(
        "ShopShippingTests",
        """
        ShopShipping ShopContracts FlotillaCore FlotillaHTTP FlotillaMessaging FlotillaProtobuf FlotillaRuntime \
        FlotillaStorage FlotillaTesting HTTPTypes
        """),
    tests(
        "ShopNotificationsTests",
        """
        ShopNotifications ShopContracts FlotillaCore FlotillaHTTP FlotillaMessaging FlotillaObservability \
        FlotillaRuntime FlotillaStorage FlotillaTesting HTTPTypes
        """),
    tests("FlotillaStorageTests", "FlotillaStorage FlotillaCore FlotillaTesting"),
    tests("FlotillaEventSourcingTests", "FlotillaEventSourcing FlotillaCore FlotillaStorage FlotillaTesting"),
    tests(
        "FlotillaMessagingTests",
        "FlotillaMessaging FlotillaCore FlotillaObservability FlotillaStorage FlotillaTesting"),
    tests(
        "ShopPaymentsTests",
        """
        ShopPayments ShopContracts FlotillaCore FlotillaHTTP FlotillaMessaging FlotillaObservability \
        FlotillaProtobuf FlotillaRuntime FlotillaStorage FlotillaTesting HTTPTypes
        """),
    tests(
        "ShopOrdersTests",
        """
        ShopOrders ShopContracts ShopContractsRPC FlotillaCore FlotillaEventSourcing FlotillaHTTP FlotillaMessaging \
        FlotillaProtobuf FlotillaObservability FlotillaRPC FlotillaRuntime FlotillaStorage FlotillaTesting HTTPTypes
        """),
    tests(
        "ShopUsersTests",
        """
        ShopUsers ShopContracts ShopContractsRPC FlotillaCore FlotillaHTTP FlotillaMessaging FlotillaObservability \
        FlotillaProtobuf FlotillaResilience FlotillaRPC FlotillaRuntime FlotillaSecurity FlotillaStorage \
        FlotillaTesting HTTPTypes
        """),
    tests("FlotillaSecurityTests", "FlotillaSecurity FlotillaCore FlotillaTesting Crypto CryptoExtras"),
    tests(
        "FlotillaRPCTests",
        "FlotillaRPC FlotillaCore FlotillaObservability FlotillaResilience GRPCCore GRPCProtobuf SwiftProtobuf"),
    tests("ShopContractsTests", "ShopContracts FlotillaCore FlotillaProtobuf SwiftProtobuf", exclude: ["Golden"]),
    tests("FlotillaCoreTests", "FlotillaCore"),
    tests(
        "FlotillaHTTPTests",
        """
        FlotillaHTTP FlotillaCore FlotillaGateway FlotillaObservability FlotillaResilience FlotillaSecurity HTTPTypes \
        NIOCore NIOPosix
        """),
    tests(
        "FlotillaGatewayTests",
        """
        CDecoders FlotillaGateway FlotillaConfiguration FlotillaHTTP FlotillaCore FlotillaObservability FlotillaProxy \
        FlotillaResilience FlotillaSecurity FlotillaTesting HTTPTypes
        """),
    tests(
        "FlotillaTranscodingTests",
        """
        FlotillaTranscoding FlotillaConfiguration FlotillaCore FlotillaHTTP FlotillaObservability FlotillaResilience \
        FlotillaRPC ShopContracts ShopContractsRPC HTTPTypes NIOCore NIOHPACK NIOHTTP2 NIOPosix SwiftProtobuf
        """, exclude: ["Protos"]),
    tests(
        "ShopEdgeTests",
        "ShopEdge FlotillaGateway FlotillaHTTP FlotillaCore FlotillaObservability FlotillaResilience HTTPTypes"),
    tests("FlotillaConfigurationTests", "FlotillaCore FlotillaConfiguration FlotillaTesting Configuration"),
    tests("FlotillaObservabilityTests", "FlotillaCore FlotillaObservability Logging Metrics Tracing"),
    tests("FlotillaResilienceTests", "FlotillaCore FlotillaResilience"),
    tests("FlotillaProxyTests", "CNGHTTP2 COpenSSL FlotillaProxy FlotillaCore FlotillaResilience FlotillaTesting"),
    tests(
        "FlotillaSagasTests",
        """
        FlotillaSagas FlotillaCore FlotillaHTTP FlotillaMessaging FlotillaRuntime FlotillaStorage FlotillaTesting
        """),
    tests(
        "FlotillaRuntimeTests",
        """
        FlotillaRuntime FlotillaConfiguration FlotillaCore FlotillaGateway FlotillaHTTP FlotillaMessaging \
        FlotillaObservability FlotillaRPC FlotillaResilience FlotillaSecurity FlotillaStorage FlotillaTesting \
        GRPCCore GRPCProtobuf HTTPTypes SwiftProtobuf
        """),
    tests(
        "ShopSystemTests",
        """
        ShopSystem ShopEdge FlotillaConfiguration FlotillaCore FlotillaGateway FlotillaHTTP FlotillaRuntime \
        FlotillaSecurity FlotillaStorage HTTPTypes shop hello-fleet
        """),
    tests(
        "FlotillaSimulationTests",
        """
        FlotillaSimulation FlotillaCore FlotillaHTTP FlotillaMessaging FlotillaRuntime FlotillaStorage \
        FlotillaTesting CSQLite HTTPTypes
        """),
    tests("ShopSimulationTests", "FlotillaSimulation ShopSimulation shop"),
    tests("TidyTests", ""),
]

let package = Package(
    name: "flotilla",
    platforms: [.macOS(.v15)],
    products: toolkitTargets.filter { $0.name.hasPrefix("Flotilla") }
        .map { .library(name: $0.name, targets: [$0.name]) }
        + [
            .executable(name: "shop", targets: ["shop"]),
            .library(name: "ShopSystem", targets: ["ShopSystem"]),
        ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.36.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/grpc/grpc-swift-2", from: "2.4.3"),
        .package(url: "https://github.com/grpc/grpc-swift-protobuf", from: "2.4.1"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: toolkitTargets + shopTargets + exampleTargets + testTargets
)
