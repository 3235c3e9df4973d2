import Federation

/// The pace at which an update goes: that of its client's device.
struct UploadPace: Sendable {
    private let device: Device
    private let key: UpdateKey
    private let rounds: RoundWaits
    /// After which part of what is sent the device is gone.
    private let end: (part: Double, absence: DeviceAbsence)?

    /// - Parameter end: `nil`: all of it goes.
    init(_ device: Device, of key: UpdateKey, rounds: RoundWaits, end: (part: Double, absence: DeviceAbsence)?) {
        self.device = device
        self.key = key
        self.rounds = rounds
        self.end = end
    }

    /// No less than are worth a frame.
    private static let leastChunk = 256

    /// A tenth of a second's bytes, so that they go evenly, and no more than the connection's chunks have.
    func chunkSize(upTo most: Int) -> Int {
        device.up.map { min(most, max(Self.leastChunk, $0 / 80)) } ?? most
    }

    /// Waits until so many bytes would have come over the link.
    ///
    /// - Parameters:
    ///   - bytes: of what is sent from the beginning on, `all` of which are to be sent.
    ///   - begin: when that began.
    /// - Returns: whether they are wanted still.
    /// - Throws: the ``DeviceAbsence`` that comes before.
    func wait(for bytes: Int, of all: Int, since begin: ContinuousClock.Instant) async throws -> Bool {
        guard let end, end.part * Double(all) <= Double(bytes) else {
            return try await rounds.sleep(until: begin + device.upload(bytes: bytes), in: key.round)
        }
        let gone = begin + device.upload(bytes: Int(end.part * Double(all)))
        guard try await rounds.sleep(until: gone, in: key.round) else { return false }
        throw end.absence
    }
}
