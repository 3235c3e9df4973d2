/// A run as a pure state machine: it is told what happens and answers with what is to be done, without sockets, files or a clock. The
/// networked coordinator, an engine in one process and a test with generated events drive the same machine.
///
/// There are two: rounds, one after the other, each with its clients (``RoundMachine``), and buffers, for clients that do not wait for
/// each other (``BufferMachine``).
public protocol RunMachine: Sendable {
    /// The clients that have joined so far, connected or not.
    var joinedClients: Int { get }

    /// Whether updates have to wait: one that is wanted is told when this is over.
    var isFull: Bool { get }

    /// The first round from whose model clients may still train; nothing is wanted that began before.
    var oldestRound: UInt32 { get }

    /// The clients that train and do not wait for each other: what a run that goes on from here has to know; `nil` in rounds.
    var ongoingTrainings: OngoingTrainings? { get }

    /// What would become of an update with this key if it arrived now.
    func disposition(of key: UpdateKey) -> UpdateDisposition

    /// Whether the client is waited for and this is its latest attempt, so that its failure would count.
    func waits(for key: UpdateKey) -> Bool

    /// Takes an event in; the directives are to be carried out in their order.
    mutating func handle(_ event: RoundEvent) -> [RoundDirective]
}

extension RunMachine {
    public var isFull: Bool { false }
    public var ongoingTrainings: OngoingTrainings? { nil }
}
