import Federation
import Settings

extension NetworkSettings {
    /// The schema of `network`.
    static func read(_ section: Section) -> NetworkSettings {
        let codec = section.read(
            "codec", .choice(CodecName.allCases), default: .f32, "how parameters become bytes, both ways")
        let upload = section.read(
            "upload", .choice(CodecName.allCases), otherwise: "the codec", "how clients' updates become bytes")
        let download = section.read(
            "download", .choice(CodecName.allCases), otherwise: "the codec", "how the model becomes bytes for clients")
        let standard = RoundDeadlines()
        let joining = section.read(
            "join_deadline", .duration(.milliseconds(100)...hours(24)), default: standard.joining,
            "how long the coordinator waits for the clients that it needs")
        let round = section.read(
            "round_deadline", .duration(.milliseconds(100)...hours(24)), default: standard.round,
            "how long a round may take")
        let absence = section.read(
            "absence_deadline", .duration(.zero...hours(24)), otherwise: "30s, or the round_deadline if that is less",
            "how long a round waits for a client whose connection was lost")
        let heartbeat = section.read(
            "heartbeat", .duration(.milliseconds(10)...hours(1)), default: .seconds(5),
            "how often a silent peer says that it is there; one silent for three heartbeats is taken for lost")

        if let absence, absence > round {
            section.refuse(
                "absence_deadline", with: "round_deadline",
                "is \(absence.shortText), longer than the round_deadline of \(round.shortText)")
        }
        return NetworkSettings(
            upload: upload ?? codec, download: download ?? codec,
            deadlines: RoundDeadlines(
                joining: joining, round: round, absence: absence ?? min(standard.absence, round)),
            heartbeat: heartbeat)
    }

    private static func hours(_ count: Int) -> Duration { .seconds(count * 3_600) }
}
