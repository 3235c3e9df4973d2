public import Diagnostics
internal import Federation
internal import Foundation
internal import Parameters

/// The file of a client's token, or of the tokens of several clients: lines of `fed-token CLIENT HEXDIGITS`; `#` begins
/// a comment.
public enum TokenFile {
    private static let mark = "fed-token"
    /// The ending of such files where a folder is read.
    public static let ending = ".token"

    /// Reads the tokens in a file, or in all files of a folder that end in `.token`; ascending by client.
    public static func read(_ path: String) throws(Problem) -> [ClientToken] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            return try readFile(path)
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path))?.filter { $0.hasSuffix(ending) } ?? []
        guard !names.isEmpty else {
            throw Problem(
                .noInput, "there are no tokens in the folder", at: path,
                remedy: "Name a file of fed tokens issue, or a folder with files that end in \(ending).")
        }
        var tokens: [ClientToken] = []
        for name in names.sorted() { tokens += try readFile("\(path)/\(name)") }
        return try distinct(tokens, path)
    }

    /// Tokens of several files together.
    public static func distinct(_ tokens: [ClientToken], _ place: String) throws(Problem) -> [ClientToken] {
        let sorted = tokens.sorted { $0.client < $1.client }
        for (token, next) in zip(sorted, sorted.dropFirst()) where token.client == next.client {
            throw Problem(.data, "there are two tokens of client \(token.client)", at: place)
        }
        return sorted
    }

    private static func readFile(_ path: String) throws(Problem) -> [ClientToken] {
        let text = try GuardedFile.read(path)
        var tokens: [ClientToken] = []
        for line in text.split(separator: "\n") {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            if words.isEmpty { continue }
            // What is wrong with a line is not shown: it may be a token.
            guard words.count == 3, words[0] == mark, let client = UInt32(words[1]),
                let bytes = Hexadecimal.bytes(words[2], count: ClientToken.byteCount)
            else {
                throw Problem(
                    .data, "the file is not one of tokens", at: path,
                    remedy: "Give the file that fed tokens issue wrote for the client.")
            }
            tokens.append(ClientToken(client: ClientID(client), secret: Secret(bytes: bytes)))
        }
        guard !tokens.isEmpty else { throw Problem(.data, "there is no token in the file", at: path) }
        return try distinct(tokens, path)
    }

    /// Writes one client's token, for its owner alone.
    ///
    /// - Returns: the file's name.
    public static func write(_ token: ClientToken, folder: String, overwriting: Bool) throws(Problem) -> String {
        let path = "\(folder)/client-\(token.client)\(ending)"
        let text = """
            # The enrolment token of client \(token.client). Whoever has it can take part as this client: keep it secret.
            \(mark) \(token.client) \(Hexadecimal.text(token.secret.bytes))

            """
        try GuardedFile.write(text, path: path, readers: .owner, overwriting: overwriting)
        return path
    }
}
