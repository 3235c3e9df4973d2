extension Endpoint {
    /// Whether only this machine can reach it, as far as the name tells: 127.0.0.0/8 (RFC 1122, section 3.2.1.3), ::1
    /// (RFC 4291, section 2.5.3) and `localhost` (RFC 6761, section 6.3).
    public var isLoopback: Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return host.lowercased() == "localhost" || host == "::1"
            || parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
