/// What a scenario says about the network: how parameters are encoded, and how long each wait may last.
public struct NetworkSettings: Sendable, Hashable {
    /// How clients' updates become bytes.
    public var upload: CodecName
    /// How what goes out to clients becomes bytes.
    public var download: CodecName
    /// How long the coordinator waits for the clients that the first round needs.
    public var joinDeadline: Duration
    /// How long a round may take, from the selection of its cohort on.
    public var roundDeadline: Duration
    /// How long a round waits for a client whose connection was lost; at most `roundDeadline`.
    public var absenceDeadline: Duration
    /// How often a peer that has nothing else to say says so; one that is silent for three of them is taken for lost.
    public var heartbeat: Duration

    public init(
        upload: CodecName = .f32, download: CodecName = .f32, joinDeadline: Duration = .seconds(120),
        roundDeadline: Duration = .seconds(600), absenceDeadline: Duration = .seconds(30),
        heartbeat: Duration = .seconds(5)
    ) {
        self.upload = upload
        self.download = download
        self.joinDeadline = joinDeadline
        self.roundDeadline = roundDeadline
        self.absenceDeadline = absenceDeadline
        self.heartbeat = heartbeat
    }
}
