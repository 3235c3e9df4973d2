#include "CKernels.h"
#if defined(__x86_64__)
#include <immintrin.h>
#include "vector.h"

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#define VERSION(name) name##_avx2
#define NAME "AVX2"
#define WIDE 0

typedef union { v16 all; __m256 half[2]; } halves;
typedef union { i16 all; __m256i half[2]; } integer_halves;

INLINE v16 fma16(v16 a, v16 b, v16 c) { return __builtin_elementwise_fma(a, b, c); }

INLINE d8 exact_fma8(d8 a, d8 b, d8 c) { return __builtin_elementwise_fma(a, b, c); }

INLINE v16 pick16(const float *upper, const float *lower, i16 place) {
    __m256 above = _mm256_loadu_ps(upper), below = _mm256_loadu_ps(lower);
    integer_halves from = {place};
    halves to;
    for (int h = 0; h < 2; h++) {
        // Bit 3 of the place says which row; a permutation reads the lower three.
        __m256 row = _mm256_castsi256_ps(_mm256_slli_epi32(from.half[h], 28));
        to.half[h] = _mm256_blendv_ps(_mm256_permutevar8x32_ps(above, from.half[h]),
                                      _mm256_permutevar8x32_ps(below, from.half[h]), row);
    }
    return to.all;
}

INLINE uint32_t nonzero16(v16 a) {
    halves from = {a};
    __m256 zero = _mm256_setzero_ps();
    return (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(from.half[0], zero, _CMP_NEQ_UQ))
        | (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(from.half[1], zero, _CMP_NEQ_UQ)) << 8;
}

#include "table.h"

#pragma clang attribute pop
#endif
