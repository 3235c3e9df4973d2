internal import Glibc

/// A thread of the system that can be waited for.
struct JoinableThread: Sendable {
    private let handle: pthread_t

    /// Starts a thread that runs `body`.
    init(_ body: @escaping @Sendable () -> Void) {
        let context = Unmanaged.passRetained(Body(run: body))
        var handle = pthread_t()
        let status = pthread_create(
            &handle, nil,
            { context in
                // `context` is the object retained above; the thread takes it over.
                let body = Unmanaged<Body>.fromOpaque(context!).takeRetainedValue()
                body.run()
                return nil
            }, context.toOpaque())
        // The system refuses a thread when it has no memory or no room for one: as when memory cannot be had, there
        // is no going on.
        precondition(status == 0, "the system has no room for another thread")
        self.handle = handle
    }

    /// Waits until the thread has ended; to be called once. A thread that would wait for itself is let go instead.
    func join() {
        if pthread_equal(handle, pthread_self()) != 0 {
            pthread_detach(handle)
        } else {
            pthread_join(handle, nil)
        }
    }

    /// Gives the calling thread the priority of work that can wait. Where the system does not let it, nothing changes.
    static func yieldToOthers() {
        // Linux keeps a priority for each thread; 0 is the one that calls.
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }
}
