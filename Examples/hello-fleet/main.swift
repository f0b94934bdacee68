// A fleet of two services on the toolkit alone: Greeter takes greetings over HTTP and tells about
// them; Counter hears of each exactly once and counts. Run it, then:
//
//     curl localhost:8070/greetings --json '{"name": "Ada"}'
//     curl localhost:8070/counts/Ada
//
// Or let everything fail around it, in virtual time: `hello-fleet sim --seed 42`.
//
internal import ArgumentParser
internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaRuntime
internal import FlotillaSimulation
internal import Foundation

if CommandLine.arguments.dropFirst().first == "sim" {
    let options = SimulationOptions.parseOrExit(Array(CommandLine.arguments.dropFirst(2)))
    let duration = Duration.seconds(options.minutes * 60)
    let runner = SimulationRunner(command: "hello-fleet sim") { GreetingScenario(duration: duration) }
    exit(runner.run(options))
}

let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8070
let folder = CommandLine.arguments.dropFirst(2).first ?? NSTemporaryDirectory() + "hello-fleet"

let fleet = Fleet(try FleetMap([Greeter(), Counter()]), options: FleetOptions(dataFolder: folder))
let server = HTTPServer(responder: FrontDoor(fleet: fleet), port: port) { port in
    // Unbuffered, so that whoever waits for this line sees it at once.
    FileHandle.standardOutput.write(Data("hello-fleet listens on http://127.0.0.1:\(port)\n".utf8))
}
try await fleet.run { try await server.run() }
