public import Federation
import Foundation
import Settings

/// What a simulated run needs of its last committed round to go on from that moment, where its devices are.
public struct RecordedTimeline: Sendable, Hashable {
    /// Since the run began.
    public var elapsed: Duration
    /// The devices that had vanished, or whose connection was cut, and when they are back; `nil`: never.
    public var away: [ClientID: Duration?]
    /// The clients that were away and awaited, and when the time of their absence is over.
    public var absences: [ClientID: Duration]
    /// The clients that trained, where they do not wait for each other, by their ids; `nil` in rounds.
    public var works: [RecordedWork]?
    /// How often clients had been chosen by then, there.
    public var draws: UInt32?

    public init(
        elapsed: Duration, away: [ClientID: Duration?], absences: [ClientID: Duration], works: [RecordedWork]? = nil,
        draws: UInt32? = nil
    ) {
        self.elapsed = elapsed
        self.away = away
        self.absences = absences
        self.works = works
        self.draws = draws
    }

    /// Whether a run can stand like this after a round; not where the record is damaged.
    ///
    /// - Parameter population: how many clients it has.
    func isPossible(after round: Int, population: Int) -> Bool {
        let works = works ?? []
        let training = works.map(\.key.client)
        return works.allSatisfy { $0.isPossible(after: round) } && Set(training).count == training.count
            && [training, Array(away.keys), Array(absences.keys)].joined().allSatisfy { $0.rawValue < population }
    }

    /// The clients that trained, as the machine knows them.
    public var ongoingTrainings: OngoingTrainings? {
        works.map { works in
            OngoingTrainings(
                trainings: works.map { OngoingTraining(key: $0.key, isAbsent: $0.isAbsent) }, draws: draws ?? 0)
        }
    }
}

extension RecordedTimeline: Codable {
    private enum CodingKeys: String, CodingKey {
        case elapsed = "elapsed_ns"
        case away, absences, works, draws
    }

    private struct Entry: Codable {
        let client: UInt32
        /// `nil`: never.
        let until: Int64?

        private enum CodingKeys: String, CodingKey {
            case client
            case until = "until_ns"
        }
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        elapsed = .nanoseconds(try values.decode(Int64.self, forKey: .elapsed))
        away = [:]
        for entry in try values.decode([Entry].self, forKey: .away) {
            away[ClientID(entry.client)] = .some(entry.until.map { .nanoseconds($0) })
        }
        works = try values.decodeIfPresent([RecordedWork].self, forKey: .works)
        draws = try values.decodeIfPresent(UInt32.self, forKey: .draws)
        absences = [:]
        for entry in try values.decode([Entry].self, forKey: .absences) {
            absences[ClientID(entry.client)] = entry.until.map { .nanoseconds($0) }
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encodeIfPresent(works, forKey: .works)
        try values.encodeIfPresent(draws, forKey: .draws)
        try values.encode(elapsed.nanoseconds, forKey: .elapsed)
        try values.encode(
            away.sorted { $0.key < $1.key }.map { Entry(client: $0.rawValue, until: $1?.nanoseconds) },
            forKey: .away)
        try values.encode(
            absences.sorted { $0.key < $1.key }.map { Entry(client: $0.rawValue, until: $1.nanoseconds) },
            forKey: .absences)
    }

    /// As the record has it.
    var text: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    init(text: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(text.utf8))
    }
}
