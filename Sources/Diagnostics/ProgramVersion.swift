/// The version of these programs, one for all of them.
public enum ProgramVersion {
    public static let current = "0.1.0"
}
