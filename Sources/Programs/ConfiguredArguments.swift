internal import Diagnostics
internal import Foundation
internal import Yams

/// The arguments of a daemon, completed by its environment and its configuration file. For each option, the first of these
/// that has it decides:
///
/// 1. the command line, `--listen 0.0.0.0:4701`
/// 2. the environment, `FED_COORDINATOR_LISTEN=0.0.0.0:4701`
/// 3. the file that `--config`, or `FED_COORDINATOR_CONFIG`, names: YAML, `listen: 0.0.0.0:4701`
/// 4. the option's default
///
/// The names are those of the options. A flag is `true` or `false` there.
public struct ConfiguredArguments: Sendable {
    /// For example `FED_COORDINATOR_`.
    let prefix: String
    /// The long names of options that take a value.
    let options: Set<String>
    /// The long names of flags.
    let flags: Set<String>

    public init(prefix: String, options: Set<String>, flags: Set<String>) {
        self.prefix = prefix
        self.options = options
        self.flags = flags
    }

    /// The arguments with what environment and file add to them.
    ///
    /// - Throws: a `Problem` for a file that cannot be read or names what is no option.
    public func complete(_ arguments: [String], environment: [String: String]) throws -> [String] {
        let given = Set(arguments.compactMap(Self.name))
        var added: [String] = []
        var known = given
        for name in options.union(flags).sorted() where !known.contains(name) {
            guard let value = environment[variable(name)], !value.isEmpty else { continue }
            known.insert(name)
            added += try self.arguments(name, value, at: variable(name))
        }
        let file =
            Self.value(of: "config", in: arguments) ?? environment[variable("config")].flatMap { $0.isEmpty ? nil : $0 }
        if let file {
            for (name, value) in try read(file) where !known.contains(name) {
                added += try self.arguments(name, value, at: "\(file), \(name)")
            }
        }
        return added + arguments
    }

    private func variable(_ name: String) -> String {
        prefix + name.uppercased().replacing("-", with: "_")
    }

    private func arguments(_ name: String, _ value: String, at place: String) throws -> [String] {
        guard flags.contains(name) else { return ["--\(name)=\(value)"] }
        switch value {
        case "true": return ["--\(name)"]
        case "false": return []
        default: throw Problem(.usage, "\"\(value)\" is neither true nor false", at: place)
        }
    }

    private func read(_ file: String) throws -> [(name: String, value: String)] {
        let text: String
        do {
            text = try String(contentsOfFile: file, encoding: .utf8)
        } catch {
            throw Problem(
                .noInput, "the configuration cannot be read", at: file, remedy: "check the path after --config")
        }
        let node: Node?
        do {
            node = try compose(yaml: text)
        } catch {
            throw Problem(.data, "the configuration is not YAML: \(error)", at: file)
        }
        guard let node else { return [] }
        guard let mapping = node.mapping else {
            throw Problem(.data, "the configuration has to be keys with values", at: file)
        }
        return try mapping.map { key, value in
            let name = key.string ?? ""
            let place = key.mark.map { "\(file):\($0.line)" } ?? file
            guard options.contains(name) || flags.contains(name), name != "config" else {
                let all = options.union(flags).subtracting(["config"]).sorted().joined(separator: ", ")
                throw Problem(.data, "there is no option \"\(name)\"", at: place, remedy: "there are \(all)")
            }
            guard let text = value.scalar?.string else {
                throw Problem(.data, "\"\(name)\" has to be a single value", at: place)
            }
            return (name, text)
        }
    }

    /// The option that an argument names, if it is one.
    private static func name(_ argument: String) -> String? {
        guard argument.hasPrefix("--"), argument.count > 2 else { return nil }
        return String(argument.dropFirst(2).prefix { $0 != "=" })
    }

    private static func value(of name: String, in arguments: [String]) -> String? {
        for (index, argument) in arguments.enumerated() {
            if argument.hasPrefix("--\(name)=") { return String(argument.dropFirst(name.count + 3)) }
            if argument == "--\(name)", index + 1 < arguments.count { return arguments[index + 1] }
        }
        return nil
    }
}
