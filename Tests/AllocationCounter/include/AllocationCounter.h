/// Counts what a thread takes from the heap, and how often Swift counts references on it. For tests: the executable that
/// links this has its own malloc and swift_retain, which hand on to the libraries'.
#ifndef FED_ALLOCATION_COUNTER_H
#define FED_ALLOCATION_COUNTER_H

#include <stdint.h>

typedef struct fed_counts {
    /// Calls of malloc and its relatives.
    uint64_t allocations;
    /// Retains and releases, those within the runtime left out.
    uint64_t references;
} fed_counts;

/// The calling thread's counts so far.
fed_counts fed_counts_so_far(void);

#endif
