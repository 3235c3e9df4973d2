import NIOCore
import Testing
import Wire

@Suite struct ModelChunkTests {
    @Test func golden() throws {
        let chunk = ModelChunk(round: 7, offset: 262_144, bytes: ByteBuffer(bytes: [1, 2, 3, 4, 5]))
        try Golden.check("model-chunk", .modelChunk(chunk))
    }

    @Test func impossibleValuesAreRefused() {
        #expect(Message.modelChunk(Samples.modelChunk()).refusal(with: 0 as UInt32, at: 0) == .invalidValue)
        let empty = Message.modelChunk(Samples.modelChunk(count: 0)).payload
        #expect(decodingError(.modelChunk, empty)?.code == .invalidValue)
    }
}
