import ArgumentParser
import RunStore

extension RunSelector {
    /// The run that an argument names.
    ///
    /// - Throws: a `ValidationError` when it can name none.
    static func named(_ text: String) throws -> RunSelector {
        guard let run = RunSelector(text) else {
            throw ValidationError("'\(text)' names no run: use a number, a ULID or latest; fed runs lists them.")
        }
        return run
    }
}
