import Diagnostics
import Testing
import Transport

struct EndpointTests {
    @Test(
        arguments: [
            ("127.0.0.1:80", "127.0.0.1", 80), ("localhost", "localhost", Endpoint.defaultPort),
            ("[::1]:9000", "::1", 9000), ("[::1]", "::1", Endpoint.defaultPort), ("0.0.0.0:0", "0.0.0.0", 0),
        ])
    func reads(_ text: String, _ host: String, _ port: Int) throws {
        let endpoint = try Endpoint(text)
        #expect(endpoint == Endpoint(host: host, port: port))
        #expect(try Endpoint(endpoint.description) == endpoint)
    }

    @Test(arguments: ["", ":80", "host:", "host:70000", "host:-1", "host:80a", "::1", "a b:80", "[]:80"])
    func refuses(_ text: String) {
        #expect { try Endpoint(text) } throws: { ($0 as? Problem)?.kind == .usage }
    }
}
