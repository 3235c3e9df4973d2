import Identity
import Logging
import NIOPosix
package import Transport
import Wire

// Who may take part may change while the run goes on: certificates are revoked and expire, tokens are taken back.
extension RunCoordinator {
    /// Looks every few seconds at who still may take part, and ends the connections of those who may not.
    ///
    /// - Parameter security: of the listener whose connections these are.
    package func reviewAdmission(_ security: ListenerSecurity) async throws {
        guard security.asksForCertificates || settings.tokens != nil else { return }
        while true {
            try await Task.sleep(for: settings.limits.admissionReview)
            let tokens = try await currentTokens()
            let links = Array(links.values)
            let objections = try await security.objections(to: links.map(\.connection.credentials), logger)
            for (link, objection) in zip(links, objections) {
                if let error = objection ?? Self.objection(to: link, tokens) { expel(link, error) }
            }
        }
    }

    /// The register of tokens, as its file now is.
    private func currentTokens() async throws -> TokenRegister? {
        guard let file = settings.tokens else { return nil }
        let before = file.latest
        let tokens = try await NIOThreadPool.singleton.runIfActive { [logger] in
            file.current { problem in
                logger.error("the register of tokens is not taken", metadata: ["reason": "\(problem)"])
            }
        }
        if tokens != before { logger.notice("the register of tokens has changed") }
        return tokens
    }

    /// Why a worker's tokens no longer let it in: one of them was taken back, or another was given out in its place.
    private static func objection(to link: WorkerLink, _ tokens: TokenRegister?) -> WireError? {
        guard let proved = link.tokens, let tokens else { return nil }
        return link.hello.tokens?.clients.first { tokens[$0] != proved[$0] }.map { client in
            WireError(.tokenRefused, "the token of client \(client) was taken back")
        }
    }

    private func expel(_ link: WorkerLink, _ error: WireError) {
        link.close(.error(ErrorMessage(error)))
        left(link, because: error.text)
    }
}
