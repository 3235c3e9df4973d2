/// One of the processes of a run on this machine.
struct RunProcess: Sendable, Hashable {
    enum Role: Sendable, Hashable {
        /// The one that makes the models: a coordinator, or all of a run in one process.
        case coordinator
        case worker
    }

    let role: Role
    /// As the system numbers it.
    let id: Int32
}
