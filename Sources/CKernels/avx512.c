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

INLINE v16 pick16(const float *upper, const float *lower, i16 place) {
    __m512 both = _mm512_insertf32x8(_mm512_castps256_ps512(_mm256_loadu_ps(upper)), _mm256_loadu_ps(lower), 1);
    return (v16)_mm512_permutexvar_ps((__m512i)place, both);
}

INLINE uint32_t nonzero16(v16 a) {
    return _mm512_cmp_ps_mask((__m512)a, _mm512_setzero_ps(), _CMP_NEQ_UQ);
}

#include "table.h"

#pragma clang attribute pop
#endif
