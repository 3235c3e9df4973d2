import Synchronization

/// The columns of properties: their names in snake case.
enum ColumnNames {
    private static let known = Mutex<[String: String]>([:])

    static func name(of property: String) -> String {
        known.withLock { known in
            if let name = known[property] { return name }
            let name = snakeCase(property)
            known[property] = name
            return name
        }
    }

    /// `updateDigest` becomes `update_digest`.
    private static func snakeCase(_ property: String) -> String {
        property.reduce(into: "") { name, character in
            if character.isUppercase {
                name += "_" + character.lowercased()
            } else {
                name.append(character)
            }
        }
    }
}
