// An instruction takes 8 bytes and its result is there three cycles later, so three streams side by side keep it busy:
// each of `lane` bytes, joined by shifting a state over the bytes that follow it.
#include "CChecksum.h"

#include <string.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#define TARGET __attribute__((target("sse4.2")))
#define STEP8(state, bytes) ((uint32_t)_mm_crc32_u64(state, bytes))
#define STEP1(state, byte) _mm_crc32_u8(state, byte)
bool fed_crc32c_is_there(void) { return __builtin_cpu_supports("sse4.2"); }
#elif defined(__aarch64__)
#include <arm_acle.h>
#include <sys/auxv.h>
#define TARGET __attribute__((target("crc")))
#define STEP8(state, bytes) __crc32cd(state, bytes)
#define STEP1(state, byte) __crc32cb(state, byte)
bool fed_crc32c_is_there(void) {
    const unsigned long has_crc32 = 1 << 7;
    return (getauxval(AT_HWCAP) & has_crc32) != 0;
}
#else
bool fed_crc32c_is_there(void) { return false; }
uint32_t fed_crc32c(uint32_t state, const void *bytes, size_t count) {
    (void)bytes, (void)count;
    return state;
}
#endif

#ifdef TARGET
enum { lane = 1024, words = lane / 8 };

static inline uint64_t word_at(const uint8_t *at) {
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

/// What `lane` zero bytes make of a state that has this value in its k-th byte and zeros beside it.
static uint32_t shifted[4][256];

/// A state after `lane` zero bytes.
static inline uint32_t shift(uint32_t state) {
    return shifted[0][state & 0xFF] ^ shifted[1][state >> 8 & 0xFF] ^ shifted[2][state >> 16 & 0xFF]
        ^ shifted[3][state >> 24];
}

/// Before `main`, so that no thread sees a table in the making.
TARGET __attribute__((constructor)) static void fill(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
#endif
    if (!fed_crc32c_is_there()) return;
    for (int byte = 0; byte < 4; byte++) {
        for (uint32_t value = 0; value < 256; value++) {
            uint32_t state = value << (8 * byte);
            for (int i = 0; i < words; i++) state = STEP8(state, 0);
            shifted[byte][value] = state;
        }
    }
}

TARGET uint32_t fed_crc32c(uint32_t state, const void *bytes, size_t count) {
    const uint8_t *next = bytes;
    for (; count >= 3 * lane; count -= 3 * lane, next += 3 * lane) {
        uint32_t second = 0, third = 0;
        for (int i = 0; i < lane; i += 8) {
            state = STEP8(state, word_at(next + i));
            second = STEP8(second, word_at(next + lane + i));
            third = STEP8(third, word_at(next + 2 * lane + i));
        }
        state = shift(shift(state) ^ second) ^ third;
    }
    for (; count >= 8; count -= 8, next += 8) state = STEP8(state, word_at(next));
    for (; count > 0; count--, next++) state = STEP1(state, *next);
    return state;
}
#endif
