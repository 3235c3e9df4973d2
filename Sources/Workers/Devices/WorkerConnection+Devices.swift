import Client
import Federation
import Learning
import Transport
import Wire

/// One try of a client at a round, at the pace of its device.
struct PacedWork {
    let key: UpdateKey
    let device: OwnDevice
    let invited: ContinuousClock.Instant
    /// Of the round's model, as they came.
    let modelBytes: Int
    let settings: TrainingSettings
    let preparation: WorkerHost.Preparation
    let connection: PeerConnection
    let sender: UpdateSender

    /// Examples × epochs.
    var samples: Int { preparation.training.data.count(of: key.client) * settings.localEpochs }
}

extension WorkerConnection {
    /// Trains and sends, each when the device would have.
    ///
    /// - Parameters:
    ///   - kept: what the client has trained for an earlier invitation to the round, if it has it still.
    ///   - train: the client, on this machine.
    func carryOut(
        _ work: PacedWork, kept: OutgoingUpdate?, of welcome: Welcome, from origin: KeptUpdates.Origin,
        train: () async throws -> OutgoingUpdate?
    ) async throws {
        let mishaps = work.device.mishaps(of: work.key)
        let end = mishaps.uploadEnd.map { end in
            (part: end.part, absence: end.vanishes ? DeviceAbsence.vanished(until: nil) : .cut)
        }
        let pace = UploadPace(work.device.device, of: work.key, rounds: rounds, end: end)
        let chunkSize = pace.chunkSize(upTo: Int(welcome.chunkSize))
        do {
            if let kept {
                return try await sendAgain(
                    kept.again(as: work.key, chunkSize: chunkSize), welcome, work.sender, pace: pace)
            }
            guard let trained = try await trained(work, vanishesAfter: mishaps.training, train) else { return }
            // Before it is sent: what breaks then is the connection.
            host.keptUpdates.keep(trained, of: welcome.run, from: origin)
            try await work.sender.send(trained.again(as: work.key, chunkSize: chunkSize), at: pace)
        } catch DeviceAbsence.vanished {
            host.keptUpdates.remove(work.key, of: welcome.run)
            throw DeviceAbsence.vanished(until: work.device.backAfterVanishing)
        }
    }

    /// The client's update, when its device would have trained it; `nil` if there is none, or nobody waits for it any more.
    private func trained(
        _ work: PacedWork, vanishesAfter part: Double?, _ train: () async throws -> OutgoingUpdate?
    ) async throws -> OutgoingUpdate? {
        let (key, device) = (work.key, work.device)
        let ready = work.invited + device.device.download(bytes: work.modelBytes)
        let training = device.training(samples: work.samples, of: key)
        let client = work.preparation.training
        let shortage = device.device.shortage(
            ofMemory: client.model.trainingBytes(work.settings, examples: client.data.count(of: key.client)))
        if let shortage {
            if try await rounds.sleep(until: ready, in: key.round) {
                work.connection.send(
                    .trainingFailed(TrainingFailed(key: key, reason: .unsupportedSettings, text: shortage)))
            }
            return nil
        }
        if let part {
            guard try await rounds.sleep(until: ready + training * part, in: key.round) else { return nil }
            throw DeviceAbsence.vanished(until: nil)
        }
        let end = ready + training
        // As late as it can be, so that what waits to be sent takes no memory.
        let begin = host.trainingRate.lead(samples: work.samples).map { max(ready, end - $0) } ?? ready
        guard try await rounds.sleep(until: begin, in: key.round) else { return nil }
        let update = try await host.inFlight.withSlot {
            let start = ContinuousClock.now
            let update = try await train()
            host.trainingRate.note(.now - start, samples: work.samples)
            return update
        }
        guard let update, try await rounds.sleep(until: end, in: key.round) else { return nil }
        return update.trained(in: max(training, .now - ready))
    }
}
