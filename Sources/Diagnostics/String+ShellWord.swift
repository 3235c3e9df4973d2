extension String {
    /// The text as one word of a shell's command line: as it is where that is one already, else in quotes, so that a
    /// command that is suggested can be copied and does what it says.
    public var shellWord: String {
        let isPlain = unicodeScalars.allSatisfy { scalar in
            scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                || "/._-+:,@%=^".unicodeScalars.contains(scalar)
        }
        if isPlain, !isEmpty { return self }
        // Within single quotes nothing is special but the quote itself.
        return "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }
}
