internal import Foundation
internal import Glibc
internal import SwiftASN1
internal import X509

/// What a certificate is for.
public enum CertificateRole: Sendable, Hashable {
    /// A coordinator that is reached under these names: hosts or addresses.
    case coordinator(hosts: [String])
    /// A worker that may host these clients.
    case clients(ClientSet)

    /// What the holder of a client's certificate may do is written as a URI in its subject alternative names (RFC 5280,
    /// section 4.2.1.6): `fed:client:3`, `fed:clients:0-9`.
    static let scheme = "fed:"

    var usage: ExtendedKeyUsage.Usage {
        switch self {
        case .coordinator: .serverAuth
        case .clients: .clientAuth
        }
    }

    /// For people, and the name of the file.
    var name: String {
        switch self {
        case .coordinator: "coordinator"
        case .clients(let clients): clients.count == 1 ? "client-\(clients)" : "clients-\(Self.short(clients))"
        }
    }

    /// The clients in no more characters than a file's name takes.
    private static func short(_ clients: ClientSet) -> String {
        let text = clients.description
        guard text.count > 64, let first = clients.ranges.first, let last = clients.ranges.last else { return text }
        return "\(first.lowerBound)..\(last.upperBound)-\(clients.count)"
    }

    var alternativeNames: [GeneralName] {
        switch self {
        case .coordinator(let hosts):
            hosts.map { host in
                Self.address(host).map { .ipAddress(ASN1OctetString(contentBytes: $0[...])) } ?? .dnsName(host)
            }
        case .clients(let clients):
            clients.ranges.map { range in
                .uniformResourceIdentifier(
                    range.count == 1
                        ? "\(Self.scheme)client:\(range.lowerBound)"
                        : "\(Self.scheme)clients:\(range.lowerBound)-\(range.upperBound)")
            }
        }
    }

    /// The clients that the names in a certificate allow its holder to host. A name that is not understood allows nothing.
    static func clients(in names: some Sequence<GeneralName>) -> ClientSet {
        ClientSet(
            names.prefix(ClientSet.mostRanges).compactMap { name in
                guard case .uniformResourceIdentifier(let text) = name, text.hasPrefix(scheme) else { return nil }
                let parts = text.dropFirst(scheme.count).split(separator: ":", omittingEmptySubsequences: false)
                guard parts.count == 2, parts[0] == "client" || parts[0] == "clients" else { return nil }
                return ClientSet.range(parts[1], separator: "-")
            })
    }

    /// The bytes of an IP address in network order; `nil` if the host is a name.
    static func address(_ host: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, host, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        var six = in6_addr()
        if inet_pton(AF_INET6, host, &six) == 1 { return withUnsafeBytes(of: &six) { Array($0) } }
        return nil
    }
}
