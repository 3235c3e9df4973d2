import Datasets
import Diagnostics
import Federation
import Foundation
import Identity
import NIOCore
import Parameters
import Scenarios
import Wire

/// What a fuzzer may throw anything at: each takes bytes, never traps, and takes memory only for what is there.
public enum FuzzTarget: String, CaseIterable, Sendable {
    /// The bytes of a connection, in pieces.
    case stream
    /// One message's payload; a message that is understood is written again, and is the same.
    case message
    /// Messages that are understood, in any order, through both sides' state machines.
    case session
    /// The chunks of a transfer.
    case transfer
    /// A scenario file.
    case scenario
    /// A file in IDX format, plain or compressed.
    case idx
    /// A certificate that a peer shows, and the names of clients.
    case certificate

    /// - Precondition: none of `bytes`; what is found wrong ends the program.
    public func run(_ bytes: UnsafeRawBufferPointer) {
        switch self {
        case .stream: Self.stream(bytes)
        case .message: Self.message(bytes)
        case .session: Self.session(bytes)
        case .transfer: Self.transfer(bytes)
        case .scenario: Self.scenario(bytes)
        case .idx: Self.idx(bytes)
        case .certificate: Self.certificate(bytes)
        }
    }

    // MARK: The wire

    /// The first byte says how long the pieces are.
    private static func stream(_ bytes: UnsafeRawBufferPointer) {
        guard let first = bytes.first else { return }
        let decoder = FrameDecoder(payloadLimit: WireLimits.default.framePayload)
        var buffer = ByteBuffer()
        var rest = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
        do {
            while !rest.isEmpty {
                buffer.writeBytes(UnsafeRawBufferPointer(rebasing: rest.prefix(Int(first) + 1)))
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(Int(first) + 1))
                while let message = try decoder.decode(buffer: &buffer) { checkAgain(message) }
            }
            _ = try decoder.decodeLast(buffer: &buffer, seenEOF: true)
        } catch {
            precondition(!error.text.isEmpty)
        }
    }

    /// The first byte is the type.
    private static func message(_ bytes: UnsafeRawBufferPointer) {
        guard let first = bytes.first, let type = MessageType(rawValue: first) else { return }
        var payload = ByteBuffer(bytes: bytes.dropFirst())
        if let message = try? Message.decode(type: type, payload: &payload) { checkAgain(message) }
    }

    /// What a message is written as is read as the same message.
    private static func checkAgain(_ message: Message) {
        let frame = message.frame()
        var copy = frame
        guard let read = try? Frame(readingFrom: &copy, payloadLimit: .max), let again = try? Message(read) else {
            preconditionFailure("\(message.type) cannot be read again")
        }
        // Not the messages themselves: a NaN is not equal to itself.
        precondition(again.frame() == frame, "\(message.type) is read as another")
    }

    /// Records of a type, a length of two bytes and a payload.
    private static func session(_ bytes: UnsafeRawBufferPointer) {
        var rest = ByteBuffer(bytes: bytes)
        var hello = Hello(
            capabilities: .known, maxFramePayload: UInt32(WireLimits.default.framePayload),
            workerID: WireIdentifier(bytes: (0..<16).map { UInt8($0) })!,
            workerName: "fuzz", software: "fuzz", hosting: .share, ownData: false)
        var coordinator = CoordinatorSession()
        var worker = WorkerSession(hello: hello)
        // As the corpus has them.
        hello.tokens = TokenOffer(
            nonce: Octets32(bytes: (0..<32).map { UInt8($0) })!, clients: [ClientID(3), ClientID(99)])
        var proving = WorkerSession(hello: hello)
        while let number: UInt8 = rest.readInteger(), let length: UInt16 = rest.readInteger(),
            var payload = rest.readSlice(length: min(Int(length), rest.readableBytes))
        {
            guard let type = MessageType(rawValue: number),
                let message = try? Message.decode(type: type, payload: &payload)
            else { continue }
            try? coordinator.receive(message)
            try? coordinator.sent(message)
            try? worker.receive(message)
            try? worker.sent(message)
            try? proving.receive(message)
            try? proving.sent(message)
        }
    }

    /// A length, a digest or none and a codec, then chunks: an offset, a length, bytes.
    private static func transfer(_ bytes: UnsafeRawBufferPointer) {
        var rest = ByteBuffer(bytes: bytes)
        let layout = ParameterLayout([("weight", [5, 7]), ("bias", [5])])
        guard let byteCount: UInt64 = rest.readInteger(), let right: UInt8 = rest.readInteger() else { return }
        let zeros = ParameterVector(zerosFor: layout)
        let digest = right & 1 == 1 ? zeros.digest : ContentDigest(of: [1])
        let codec = Codec.allCases[Int(right >> 1) % Codec.allCases.count]
        do {
            var transfer = try IncomingTransfer(byteCount: byteCount, codec: codec, digest: digest, layout: layout)
            while let offset: UInt64 = rest.readInteger(), let length: UInt8 = rest.readInteger(),
                let chunk = rest.readSlice(length: min(Int(length), rest.readableBytes))
            {
                if try transfer.append(offset: offset, bytes: chunk) { break }
            }
            let received = try transfer.finish()
            precondition(received.digest == digest)
        } catch {
            precondition(!error.text.isEmpty)
        }
    }

    // MARK: Who may take part

    /// DER, and the same bytes as people write clients.
    private static func certificate(_ bytes: UnsafeRawBufferPointer) {
        if let certificate = try? IssuedCertificate(bytes: Array(bytes)) {
            precondition(
                ![certificate.subject, certificate.issuer, certificate.serialNumber].contains(where: \.hasControls))
            precondition(!certificate.pem.isEmpty && certificate.hosts.count <= bytes.count)
            check(certificate.clients)
        }
        if let text = String(validating: bytes, as: UTF8.self), let clients = try? ClientSet(text) { check(clients) }
    }

    /// Clients are the same after they have been written and read; there may be none.
    private static func check(_ clients: ClientSet) {
        precondition(clients.isEmpty == (clients.count == 0))
        precondition(clients.isEmpty || (try? ClientSet("\(clients)")) == clients)
        precondition(clients.intersection(clients) == clients)
    }

    // MARK: Files

    private static func scenario(_ bytes: UnsafeRawBufferPointer) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return }
        do {
            let scenario = try Scenario.check(text, file: "fuzz.yaml")
            precondition(scenario.cohort >= 1 && scenario.cohort <= scenario.clients)
        } catch {
            precondition(!error.first.description.isEmpty)
        }
    }

    private static func idx(_ bytes: UnsafeRawBufferPointer) {
        guard let first = bytes.first else { return }
        let path = "\(folder)/file"
        guard (try? Data(bytes.dropFirst()).write(to: URL(filePath: path))) != nil else { return }
        do {
            let file = try IDXFile.read(path: path, dimensions: first & 1 == 0 ? 1 : 3)
            precondition(file.elements.count == file.dimensions.reduce(1, *))
        } catch {
            precondition(error is Problem)
        }
    }

    /// One for each process.
    private static let folder: String = {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "fed-fuzz-\(ProcessInfo.processInfo.processIdentifier)")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder.path(percentEncoded: false)
    }()
}
