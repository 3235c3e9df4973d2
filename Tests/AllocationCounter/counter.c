#define _GNU_SOURCE
#include "AllocationCounter.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>

static _Thread_local fed_counts counts;

fed_counts fed_counts_so_far(void) { return counts; }

// MARK: The heap

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

void *malloc(size_t size) {
    counts.allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    counts.allocations++;
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
    counts.allocations++;
    return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size) {
    counts.allocations++;
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **memory, size_t alignment, size_t size) {
    *memory = memalign(alignment, size);
    return *memory == NULL && size > 0 ? ENOMEM : 0;
}

void free(void *memory) { __libc_free(memory); }

// MARK: References

// Stands before the runtime's own for all that is linked into the same executable, and hands on to it.
#define COUNTED(type, name, parameters, arguments)                                   \
    type name parameters {                                                           \
        static type(*_Atomic next) parameters;                                       \
        type(*found) parameters = atomic_load_explicit(&next, memory_order_relaxed); \
        if (!found) {                                                                \
            found = (type(*) parameters)dlsym(RTLD_NEXT, #name);                     \
            atomic_store_explicit(&next, found, memory_order_relaxed);               \
        }                                                                            \
        counts.references++;                                                         \
        return found arguments;                                                      \
    }

COUNTED(void *, swift_retain, (void *object), (object))
COUNTED(void *, swift_retain_n, (void *object, uint32_t n), (object, n))
COUNTED(void *, swift_bridgeObjectRetain, (void *object), (object))
COUNTED(void, swift_release, (void *object), (object))
COUNTED(void, swift_release_n, (void *object, uint32_t n), (object, n))
COUNTED(void, swift_bridgeObjectRelease, (void *object), (object))
