#include "CKernels.h"
#if defined(__x86_64__)
#include <immintrin.h>
#include "vector.h"

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)

#define VERSION(name) name##_avx512
#define NAME "AVX-512"
#define WIDE 1

INLINE v16 fma16(v16 a, v16 b, v16 c) { return (v16)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c); }

INLINE d8 exact_fma8(d8 a, d8 b, d8 c) { return __builtin_elementwise_fma(a, b, c); }

INLINE v16 pick16(const float *upper, const float *lower, i16 place) {
    __m512 both = _mm512_insertf32x8(_mm512_castps256_ps512(_mm256_loadu_ps(upper)), _mm256_loadu_ps(lower), 1);
    return (v16)_mm512_permutexvar_ps((__m512i)place, both);
}

INLINE uint32_t nonzero16(v16 a) {
    return _mm512_cmp_ps_mask((__m512)a, _mm512_setzero_ps(), _CMP_NEQ_UQ);
}

/// Stores the lanes where the mask is -1 next to each other; overwrites up to 16 of each. How many they are.
INLINE size_t compress16(i16 mask, i16 places, v16 gradients, uint32_t *to_places, float *to_gradients) {
    __mmask16 chosen = _mm512_movepi32_mask((__m512i)mask);
    _mm512_storeu_si512(to_places, _mm512_maskz_compress_epi32(chosen, (__m512i)places));
    _mm512_storeu_ps(to_gradients, _mm512_maskz_compress_ps(chosen, (__m512)gradients));
    return (size_t)__builtin_popcount(chosen);
}

#include "table.h"

#pragma clang attribute pop
#endif
