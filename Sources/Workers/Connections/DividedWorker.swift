import Federation

/// A worker hosts several clients whose devices need connections of their own: it comes back with one for each.
struct DividedWorker: Error {
    let clients: [ClientID]

    /// For people.
    let text = "it opens a connection for each of its clients"
}
