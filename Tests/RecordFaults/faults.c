#define _GNU_SOURCE
#include "RecordFaults.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char *record;
static size_t record_length;
static uint64_t kill_at, full_from;
static bool torn;
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

static bool is_record_file(int file) {
    if (!record) return false;
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return false;
    path[length] = 0;
    return is_record(path);
}

static uint64_t step(void) { return atomic_fetch_add(counter, 1) + 1; }

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

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

struct positioned { int file; const void *bytes; size_t count; off64_t offset; };

static ssize_t write_half(void *context) {
    struct positioned *write = context;
    return NEXT(pwrite64)(write->file, write->bytes, write->count / 2, write->offset);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
    struct positioned write = {file, bytes, count, offset};
    if (is_record_file(file) && !may_write(write_half, &write)) return -1;
    return NEXT(pwrite64)(file, bytes, count, offset);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
    struct positioned write = {file, bytes, count, offset};
    if (is_record_file(file) && !may_write(write_half, &write)) return -1;
    return NEXT(pwrite)(file, bytes, count, offset);
}

static ssize_t write_none(void *context) {
    (void)context;
    return 0;
}

ssize_t write(int file, const void *bytes, size_t count) {
    if (is_record_file(file) && !may_write(write_none, NULL)) return -1;
    return NEXT(write)(file, bytes, count);
}

static void pass(void) {
    uint64_t now = step();
    if (kill_at && now == kill_at) die();
}

int fsync(int file) {
    if (is_record_file(file)) pass();
    return NEXT(fsync)(file);
}

int fdatasync(int file) {
    if (is_record_file(file)) pass();
    return NEXT(fdatasync)(file);
}

int ftruncate64(int file, off64_t length) {
    if (is_record_file(file)) pass();
    return NEXT(ftruncate64)(file, length);
}

int ftruncate(int file, off_t length) {
    if (is_record_file(file)) pass();
    return NEXT(ftruncate)(file, length);
}

int unlink(const char *path) {
    if (is_record(path)) pass();
    return NEXT(unlink)(path);
}
