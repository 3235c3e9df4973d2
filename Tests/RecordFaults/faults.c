#define _GNU_SOURCE
#include "RecordFaults.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *record;
static size_t record_length;
static uint64_t kill_at, full_from;
static bool torn;
// What becomes of writes that have not been synced when the program is killed: they stay, are all lost, or some are.
static enum { KEPT, ALL_LOST, SOME_LOST } unsynced;
// What may not be opened for writing: nothing, the database itself, or nothing of the record.
static enum { WRITABLE, READ_ONLY_FILE, READ_ONLY_DISK } read_only;
static _Atomic uint64_t own_counter;
static _Atomic uint64_t *counter = &own_counter;

static uint64_t number(const char *name) {
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : 0;
}

__attribute__((constructor)) static void set_up(void) {
    record = getenv("FED_FAULT_PATH");
    if (!record) return;
    record_length = strlen(record);
    kill_at = number("FED_FAULT_KILL");
    full_from = number("FED_FAULT_FULL");
    torn = number("FED_FAULT_TORN") == 1;
    unsynced = number("FED_FAULT_UNSYNCED");
    read_only = number("FED_FAULT_READ_ONLY");
    const char *path = getenv("FED_FAULT_COUNTER");
    int file = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (file < 0) return;
    if (ftruncate(file, sizeof *counter) == 0) {
        void *mapped = mmap(NULL, sizeof *counter, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (mapped != MAP_FAILED) counter = mapped;
    }
    close(file);
}

static bool is_record(const char *path) {
    return record && strncmp(path, record, record_length) == 0;
}

static bool path_of(int file, char path[4096]) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, 4095);
    if (length < 0) return false;
    path[length] = 0;
    return true;
}

static bool is_record_file(int file) {
    char path[4096];
    return record && path_of(file, path) && is_record(path);
}

// Whether what is written to the file can be lost: not to the one that processes share in memory, which is made anew.
static bool is_lasting_file(int file) {
    char path[4096];
    return path_of(file, path) && !strstr(path, "-shm");
}

static uint64_t step(void) { return atomic_fetch_add(counter, 1) + 1; }

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

// A change of a file that has not been synced: what was there before, and what came.
struct change {
    struct change *earlier;
    ino_t inode;
    int file; // A descriptor that stays open.
    off64_t offset;
    off64_t size_before;
    size_t before_count, after_count;
    bool is_lost, is_truncation;
    unsigned char *before, *after;
};

static struct change *changes; // The latest first.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

// A descriptor of the file that is never closed: closing any of a file's lets go of all locks that the process has on it.
static int lasting_descriptor(int file, ino_t inode) {
    static struct { ino_t inode; int file; } known[64];
    static size_t count;
    for (size_t i = 0; i < count; i++) {
        if (known[i].inode == inode) return known[i].file;
    }
    if (count == sizeof known / sizeof *known) abort();
    known[count].inode = inode;
    known[count].file = fcntl(file, F_DUPFD_CLOEXEC, 0);
    return known[count++].file;
}

static void *copy_of(const void *bytes, size_t count) {
    void *copy = malloc(count ? count : 1);
    if (!copy) abort();
    if (bytes) memcpy(copy, bytes, count);
    return copy;
}

// Remembers a write of `count` bytes, or with no bytes a truncation to `offset`.
static void remember(int file, const void *bytes, size_t count, off64_t offset) {
    struct stat status;
    if (unsynced == KEPT || fstat(file, &status) != 0 || !is_lasting_file(file)) return;
    struct change *change = copy_of(NULL, sizeof *change);
    change->inode = status.st_ino;
    change->offset = offset;
    change->size_before = status.st_size;
    change->is_truncation = !bytes;
    off64_t end = bytes ? offset + (off64_t)count : status.st_size;
    if (end > status.st_size) end = status.st_size;
    change->before_count = end > offset ? (size_t)(end - offset) : 0;
    change->before = copy_of(NULL, change->before_count);
    if (pread64(file, change->before, change->before_count, offset) != (ssize_t)change->before_count) abort();
    change->after_count = count;
    change->after = copy_of(bytes, bytes ? count : 0);
    pthread_mutex_lock(&lock);
    change->file = lasting_descriptor(file, status.st_ino);
    change->earlier = changes;
    changes = change;
    pthread_mutex_unlock(&lock);
}

static void release(struct change *change) {
    free(change->before);
    free(change->after);
    free(change);
}

// What was written to the file is on the disk.
static void forget(int file) {
    struct stat status;
    if (unsynced == KEPT || fstat(file, &status) != 0) return;
    pthread_mutex_lock(&lock);
    for (struct change **next = &changes; *next;) {
        struct change *change = *next;
        if (change->inode != status.st_ino) {
            next = &change->earlier;
            continue;
        }
        *next = change->earlier;
        release(change);
    }
    pthread_mutex_unlock(&lock);
}

static void redo(const struct change *change) {
    if (!change) return;
    redo(change->earlier);
    if (change->is_lost) return;
    if (change->is_truncation) {
        if (NEXT(ftruncate64)(change->file, change->offset) != 0) abort();
    } else if (NEXT(pwrite64)(change->file, change->after, change->after_count, change->offset) < 0) {
        abort();
    }
}

// Leaves the files as they are after the power was lost.
static void lose_unsynced(void) {
    pthread_mutex_lock(&lock);
    uint64_t draw = kill_at * 0x9E3779B97F4A7C15u;
    for (struct change *change = changes; change; change = change->earlier) {
        if (NEXT(pwrite64)(change->file, change->before, change->before_count, change->offset) < 0) abort();
        if (NEXT(ftruncate64)(change->file, change->size_before) != 0) abort();
        draw = draw * 6364136223846793005u + 1442695040888963407u;
        change->is_lost = unsynced == ALL_LOST || draw >> 63;
    }
    redo(changes);
}

static void die(void) {
    lose_unsynced();
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

// Whether the write is to be done; it is not on a full disk.
static bool may_write(ssize_t (*half)(void *), void *context) {
    uint64_t now = step();
    if (kill_at && now == kill_at) {
        if (torn) half(context);
        die();
    }
    if (full_from && now >= full_from) {
        errno = ENOSPC;
        return false;
    }
    return true;
}

// Whether the file may be opened so; it may not for writing where it cannot be written.
static bool may_open(const char *path, int flags) {
    if (read_only == WRITABLE || !is_record(path) || (flags & O_ACCMODE) == O_RDONLY) return true;
    if (read_only == READ_ONLY_FILE && path[record_length] != 0) return true;
    errno = read_only == READ_ONLY_FILE ? EACCES : EROFS;
    return false;
}

int access(const char *path, int mode) {
    const char *slash = record ? strrchr(record, '/') : NULL;
    bool is_folder = slash && strncmp(path, record, slash - record) == 0 &&
                     (path[slash - record] == 0 || strcmp(path + (slash - record), "/") == 0);
    if (mode & W_OK) {
        if (!may_open(path, O_RDWR)) return -1;
        if (read_only == READ_ONLY_DISK && is_folder) {
            errno = EROFS;
            return -1;
        }
    }
    return NEXT(access)(path, mode);
}

int open64(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return may_open(path, flags) ? NEXT(open64)(path, flags, mode) : -1;
}

int open(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return may_open(path, flags) ? NEXT(open)(path, flags, mode) : -1;
}

struct positioned { int file; const void *bytes; size_t count; off64_t offset; };

static ssize_t write_half(void *context) {
    struct positioned *write = context;
    return NEXT(pwrite64)(write->file, write->bytes, write->count / 2, write->offset);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
    struct positioned write = {file, bytes, count, offset};
    if (is_record_file(file)) {
        if (!may_write(write_half, &write)) return -1;
        remember(file, bytes, count, offset);
    }
    return NEXT(pwrite64)(file, bytes, count, offset);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
    return pwrite64(file, bytes, count, offset);
}

static ssize_t write_none(void *context) {
    (void)context;
    return 0;
}

ssize_t write(int file, const void *bytes, size_t count) {
    if (is_record_file(file)) {
        if (!may_write(write_none, NULL)) return -1;
        remember(file, bytes, count, lseek64(file, 0, SEEK_CUR));
    }
    return NEXT(write)(file, bytes, count);
}

static void pass(void) {
    uint64_t now = step();
    if (kill_at && now == kill_at) die();
}

int fsync(int file) {
    bool is_record = is_record_file(file);
    if (is_record) pass();
    int result = NEXT(fsync)(file);
    if (is_record && result == 0) forget(file);
    return result;
}

int fdatasync(int file) {
    bool is_record = is_record_file(file);
    if (is_record) pass();
    int result = NEXT(fdatasync)(file);
    if (is_record && result == 0) forget(file);
    return result;
}

int ftruncate64(int file, off64_t length) {
    if (is_record_file(file)) {
        pass();
        remember(file, NULL, 0, length);
    }
    return NEXT(ftruncate64)(file, length);
}

int ftruncate(int file, off_t length) {
    return ftruncate64(file, length);
}

int unlink(const char *path) {
    if (is_record(path)) pass();
    return NEXT(unlink)(path);
}
