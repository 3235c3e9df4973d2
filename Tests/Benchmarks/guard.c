// Preloaded into programs that valgrind counts: it cannot run sigsuspend, in which the main thread of a Swift program waits
// while others do the work.
#include <signal.h>
#include <time.h>

int sigsuspend(const sigset_t *mask) {
    (void)mask;
    struct timespec hour = {3600, 0};
    for (;;) nanosleep(&hour, NULL);
}
