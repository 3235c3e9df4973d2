import Datasets
import Diagnostics
public import Federation
public import Learning
public import Parameters
public import RunStore
public import Runs
import Scenarios
import Wire

/// Asks what would have been: a recorded round aggregated again from some of its updates, or a run that goes on from one of
/// its rounds without some clients.
public struct WhatIf: Sendable {
    /// What a round would have come to.
    public struct Outcome: Sendable {
        /// What it came to.
        public let recorded: RoundRecord
        public let model: ParameterVector
        public let evaluation: Evaluation
        /// What the round's attacks came to, and what they would have come to.
        public let recordedAttacks: [AttackRecord]
        public let attacks: [AttackRecord]
        /// The updates that are in: those that the record has, and those that had to be trained again.
        public let read: Int
        public let trained: Int
        /// The examples behind them.
        public let examples: Int
    }

    private let run: RecordedRun
    /// Clients whose updates are left out.
    private let without: [ClientID]
    /// What makes a model of the updates, if it is not the run's strategy.
    private let strategy: StrategyChoice?

    /// - Parameters:
    ///   - without: clients that are left out.
    ///   - strategy: of a round that is aggregated again, if it is not the run's.
    /// - Throws: a ``Problem`` when the run has no such client, or its updates do not hold what the strategy needs.
    public init(_ run: RecordedRun, without: [ClientID], strategy: StrategyChoice? = nil) throws {
        let clients = run.context.scenario.clients
        if let client = without.first(where: { $0.rawValue >= clients }) {
            throw Problem(
                .usage, "the run has no client \(client)", at: run.place, remedy: "its clients are 0 to \(clients - 1)")
        }
        if let strategy {
            guard (strategy.make().asynchrony == nil) == (run.context.strategy.asynchrony == nil) else {
                throw Problem(
                    .usage,
                    "\(strategy.name) and \(run.context.scenario.strategy.name) do not go with the same clients: those of one "
                        + "wait for each other, those of the other do not", at: run.place,
                    remedy: "name a strategy of the same kind; fed methods lists them")
            }
            let own = run.context.strategy.parts
            let needed = strategy.make().parts
            let model = run.context.model.layout
            guard own.shared(model) == needed.shared(model) else {
                throw Problem(
                    .usage,
                    "\(strategy.name) and \(run.context.scenario.strategy.name) do not share the same layers of the model",
                    at: run.place, remedy: "name a strategy that shares what the run's clients sent")
            }
            let missing =
                needed.updateVectors.filter { !own.updateVectors.contains($0) }
                + needed.updateScalars.filter { !own.updateScalars.contains($0) }
            guard missing.isEmpty else {
                throw Problem(
                    .usage,
                    "\(strategy.name) needs of each update \(missing.joined(separator: ", ")), which those of "
                        + "\(run.context.scenario.strategy.name) do not hold", at: run.place,
                    remedy: "name a strategy that needs nothing but what the run's clients sent: "
                        + (own.updateVectors + own.updateScalars).joined(separator: ", "))
            }
        }
        self.run = run
        self.strategy = strategy
        self.without = Set(without).sorted()
    }

    /// A round without these clients' updates.
    ///
    /// - Parameter remade: told each round that has to be done again to have the model that this one began with.
    /// - Throws: a ``Problem`` when one of the clients gave no update in the round, or no update is left.
    public func round(_ number: Int, remade: @Sendable (Int) -> Void = { _ in }) async throws -> Outcome {
        let round = try await run.round(number)
        for client in without {
            guard let row = round.clients.first(where: { $0.client == client }) else {
                throw run.noSuchClient(client, round)
            }
            guard row.status == .reported else { throw run.noUpdate(of: row, round) }
        }
        guard round.reported.count > without.count else {
            throw Problem(.usage, "no update of round \(number) would be left", at: run.place)
        }
        if let strategy, let obstacle = strategy.make().obstacle(toUpdates: round.reported.count - without.count) {
            throw Problem(
                .usage, "\(strategy.name) \(obstacle), and round \(number) has \(round.reported.count - without.count)",
                at: run.place, remedy: "set it with --set, or choose another round")
        }
        var position = try await run.position(before: number, remade: remade)
        let aggregate = try await run.aggregate(
            round, from: &position, without: Set(without), with: strategy?.make())
        let model = aggregate.server[vector: "model"]
        return Outcome(
            recorded: round.row, model: model,
            evaluation: try await run.threads.evaluate(model, on: run.context.dataset.test),
            recordedAttacks: try await run.attacks(in: round),
            attacks: try await run.context.attacks(run.context.behaviours(in: round), on: model, run.threads),
            read: aggregate.read, trained: aggregate.trained, examples: aggregate.examples)
    }

    /// What a run begins with that goes on without these clients from a round of this one.
    ///
    /// - Parameters:
    ///   - number: the first round of the new run.
    ///   - remade: told each round that has to be done again to have the model that it begins with.
    public func branch(from number: Int, remade: @Sendable (Int) -> Void = { _ in }) async throws -> RunBase {
        guard (run.summary.firstRound...run.summary.lastRound + 1).contains(number),
            number <= run.context.scenario.rounds
        else {
            throw Problem(
                .usage, "a branch cannot begin with round \(number)", at: run.place,
                remedy: "it begins with one of the rounds \(run.summary.firstRound) to "
                    + "\(min(run.summary.lastRound + 1, run.context.scenario.rounds))")
        }
        guard try await !run.hasOwnData else {
            throw Problem(
                .usage, "clients of the run hold data of their own, so that no branch can train them here",
                at: run.place, remedy: "ask about a round alone: --round")
        }
        let server = try await run.server(before: number, remade: remade)
        return RunBase(
            round: number - 1, server: server,
            remembered: run.context.strategy.parts.hasClientState ? run.rememberedStates() : nil,
            branch: RunBranch(parent: run.identity.ulid, round: number - 1, without: allWithout))
    }

    /// Of a branch of a branch: those that either leaves out.
    private var allWithout: [ClientID] {
        Set(without).union(run.summary.run.details.branch?.without ?? []).sorted()
    }

    /// An update of the branch's first round that this run's record has already; `nil` if it has to be trained.
    public func knownUpdate(_ key: UpdateKey) async throws -> ReceivedUpdate? {
        // Where clients remember something, they have to train: what they remember of the round is not in the record. Where they do
        // not wait for each other, a branch begins with all of them anew.
        guard !run.needsAllRounds, let round = try? await run.round(Int(key.round)),
            let row = round.reported.first(where: { $0.client == key.client }),
            let update = try await run.kept(row, round: round.number)
        else { return nil }
        var header = update.header
        header.key = key
        return ReceivedUpdate(header: header, parts: update.parts, transferDuration: .zero)
    }
}
