public import Federation

/// What a scenario says about the network: how parameters are encoded, and how long each wait may last.
public struct NetworkSettings: Sendable, Hashable {
    /// How clients' updates become bytes.
    public var upload: CodecName
    /// How what goes out to clients becomes bytes.
    public var download: CodecName
    /// How long the coordinator waits for clients.
    public var deadlines: RoundDeadlines
    /// How often a peer that has nothing else to say says so; one that is silent for three of them is taken for lost.
    public var heartbeat: Duration

    public init(
        upload: CodecName = .f32, download: CodecName = .f32, deadlines: RoundDeadlines = RoundDeadlines(),
        heartbeat: Duration = .seconds(5)
    ) {
        self.upload = upload
        self.download = download
        self.deadlines = deadlines
        self.heartbeat = heartbeat
    }
}
