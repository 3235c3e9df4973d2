import NIOCore
import Testing
import Wire

@Suite struct UpdateChunkTests {
    @Test func golden() throws {
        let chunk = UpdateChunk(key: Samples.key, offset: 1 << 32, bytes: ByteBuffer(bytes: [0xFF]))
        try Golden.check("update-chunk", .updateChunk(chunk))
    }

    @Test func impossibleValuesAreRefused() {
        #expect(Message.updateChunk(Samples.updateChunk()).refusal(with: 0 as UInt32, at: 0) == .invalidValue)
        let empty = Message.updateChunk(Samples.updateChunk(count: 0)).payload
        #expect(decodingError(.updateChunk, empty)?.code == .invalidValue)
    }
}
