internal import Diagnostics

extension Problem {
    /// The same problem, with the place where it is.
    func placed(_ place: String) -> Problem {
        Problem(kind, what, at: self.place ?? place, remedy: remedy)
    }
}
