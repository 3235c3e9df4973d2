public import Federation
internal import NIOCore

/// Coordinator → worker, after the round's model and before an ``Invitation`` that names them: these of its clients misbehave
/// like this. A round may have several for one worker: one for each behaviour, and more when one has more clients than one
/// message takes, or when clients are invited again. What one behaviour has several messages for is the same but for the
/// clients, which add up.
public struct HostileClients: Sendable, Equatable {
    /// From 1.
    public var round: UInt32 { behaviour.attack.round }
    /// The clients are those of the worker, from 1 to ``WireLimits/clientsPerMessage``; what they know, at most
    /// ``WireLimits/knownClients``.
    public var behaviour: RoundBehaviour

    public init(_ behaviour: RoundBehaviour) {
        self.behaviour = behaviour
    }

    /// More than all fields but the clients take.
    private static let headBytes = 4_096

    /// How many clients there may be in one message to a peer that takes frames with so many bytes of payload.
    ///
    /// - Parameter known: how many clients' updates they know.
    public static func mostClients(framePayload: UInt32, known: Int) -> Int {
        max(1, min(WireLimits.clientsPerMessage, (Int(framePayload) - headBytes) / 4 - known))
    }
}

extension HostileClients: MessagePayload {
    init(from reader: inout MessageReader) throws(WireError) {
        let round = try reader.round()
        let place: UInt8 = try reader.integer("place")
        let choice = try BehaviourChoice(from: &reader)
        let cohort: UInt32 = try reader.integer("cohort", in: 1...UInt32.max)
        let attackers: UInt32 = try reader.integer("attackers", in: 1...cohort)
        let clients = try reader.clients("clients", itemBytes: 4, limit: WireLimits.clientsPerMessage) {
            (client, _) throws(WireError) in client
        }
        guard !clients.isEmpty, clients.count <= attackers else {
            throw reader.invalid("clients", "has \(clients.count) items, of \(attackers) attackers")
        }
        let known = try reader.clients("known", itemBytes: 4, limit: WireLimits.knownClients) {
            (client, _) throws(WireError) in client
        }
        behaviour = RoundBehaviour(
            place: place, choice: choice,
            attack: AttackContext(round: round, cohort: Int(cohort), attackers: Int(attackers)), clients: clients,
            known: known)
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeField(round)
        buffer.writeField(behaviour.place)
        behaviour.choice.write(to: &buffer)
        buffer.writeCount(behaviour.attack.cohort)
        buffer.writeCount(behaviour.attack.attackers)
        for clients in [behaviour.clients, behaviour.known] {
            buffer.writeCount(clients.count)
            for client in clients { buffer.writeField(client) }
        }
    }
}
