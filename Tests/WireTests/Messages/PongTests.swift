import Testing
import Wire

@Suite struct PongTests {
    @Test func golden() throws {
        try Golden.check("pong", .pong(Pong(nonce: .max)))
    }
}
