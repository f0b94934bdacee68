internal import ArgumentParser
internal import FlotillaConfiguration
internal import FlotillaCore

/// How the commands of the Shop end when something is wrong, as sysexits.h says.
enum Complaining {
    /// Nothing is of the name that was given (`EX_USAGE`).
    static let usage = ExitCode(64)
    /// A setting, the policy file or its plan is refused (`EX_CONFIG`).
    static let configuration = ExitCode(78)

    /// Does `body`; what is wrong is said in the words of the error, and becomes the exit code.
    static func run<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch {
            throw said(error)
        }
    }

    /// The same for what takes time.
    static func run<T>(_ body: () async throws -> T) async throws -> T {
        do {
            return try await body()
        } catch {
            throw said(error)
        }
    }

    private static func said(_ error: any Error) -> any Error {
        switch error {
        case let error as ConfigurationError:
            Terminal.complain("shop: \(error)")
            return configuration
        case let error as any DescribedError:
            Terminal.complain("shop: \(error.detail)")
            return ExitCode.failure
        default: return error
        }
    }
}
