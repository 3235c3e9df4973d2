import Foundation
import Subprocess
import SystemPackage

/// How a program that lies beside this one is started: in a process group of its own, so that Ctrl-C reaches this process
/// alone, and asked to stop before it is killed.
enum ChildProgram {
    static func configuration(_ program: String, _ arguments: [String]) -> Configuration {
        let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let path = own.deletingLastPathComponent().appending(path: program).path(percentEncoded: false)
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(3))]
        return Configuration(
            executable: .path(.init(path)), arguments: Arguments(arguments), environment: .inherit,
            platformOptions: options)
    }
}

extension TerminationStatus {
    /// The exit status as a shell would have it.
    var code: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
    }
}
