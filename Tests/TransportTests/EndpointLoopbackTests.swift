import Testing
import Transport

struct EndpointLoopbackTests {
    @Test(arguments: ["127.0.0.1", "127.1.2.3", "localhost", "LocalHost", "[::1]"])
    func thisMachineAlone(host: String) throws {
        #expect(try Endpoint("\(host):7878").isLoopback)
    }

    @Test(arguments: [
        "0.0.0.0", "[::]", "10.0.0.1", "127.example.org", "127.0.0.1.example.org", "128.0.0.1", "example.org",
    ])
    func others(host: String) throws {
        #expect(try !Endpoint("\(host):7878").isLoopback)
    }
}
