// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who only builds or tests the project builds it.
let package = Package(
    name: "flotilla-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "flotilla", path: "../")],
    targets: [
        .target(name: "CAllocations", path: "Sources/CAllocations"),
        .target(name: "CLoad", path: "Sources/CLoad"),
        .systemLibrary(name: "CSQLiteRaw", path: "Sources/CSQLiteRaw", pkgConfig: "sqlite3"),
        .executableTarget(
            name: "flotilla-bench",
            dependencies: [
                "CAllocations",
                "CLoad",
                "CSQLiteRaw",
                .product(name: "ShopSystem", package: "flotilla"),
                .product(name: "FlotillaConfiguration", package: "flotilla"),
                .product(name: "FlotillaCore", package: "flotilla"),
                .product(name: "FlotillaEventSourcing", package: "flotilla"),
                .product(name: "FlotillaHTTP", package: "flotilla"),
                .product(name: "FlotillaMessaging", package: "flotilla"),
                .product(name: "FlotillaObservability", package: "flotilla"),
                .product(name: "FlotillaResilience", package: "flotilla"),
                .product(name: "FlotillaRuntime", package: "flotilla"),
                .product(name: "FlotillaStorage", package: "flotilla"),
            ],
            path: "Sources/flotilla-bench"),
    ]
)
