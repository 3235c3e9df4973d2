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
        guard security.asksForCertificates || settings.tokenFile != nil else { return }
        while true {
            try await Task.sleep(for: settings.limits.admissionReview)
            try await rereadTokens()
            let links = Array(links.values)
            let objections = try await security.objections(to: links.map(\.connection.credentials), logger)
            for (link, objection) in zip(links, objections) {
                if let error = objection ?? tokenObjection(to: link) { expel(link, error) }
            }
        }
    }

    /// Takes the register of tokens as its file now is. One that can no longer be read changes nothing: the log says so.
    private func rereadTokens() async throws {
        guard let path = settings.tokenFile else { return }
        let stamp = FileStamp(path: path)
        guard stamp != tokenStamp else { return }
        tokenStamp = stamp
        do {
            let register = try await NIOThreadPool.singleton.runIfActive { try TokenRegister(path: path) }
            guard register != tokens else { return }
            tokens = register
            logger.notice("the register of tokens has changed", metadata: ["file": "\(path)"])
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            logger.error("the register of tokens cannot be read again", metadata: ["reason": "\(error)"])
        }
    }

    /// Why a worker's tokens no longer let it in: one of them was taken back, or another was given out in its place.
    private func tokenObjection(to link: WorkerLink) -> WireError? {
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
