// The version that every processor runs: NEON where the compiler makes it of the vectors, else whatever there is.
#include "CKernels.h"
#include "vector.h"

#pragma STDC FP_CONTRACT OFF

#define VERSION(name) name##_plain
#define WIDE 0

#if defined(__aarch64__)
#define NAME "NEON"

INLINE v16 fma16(v16 a, v16 b, v16 c) { return __builtin_elementwise_fma(a, b, c); }

INLINE d8 exact_fma8(d8 a, d8 b, d8 c) { return __builtin_elementwise_fma(a, b, c); }
#else
#define NAME "plain"

// Not a part of its callers, of which there are many: speed is not what this version is for.
static __attribute__((noinline)) v16 fma16(v16 a, v16 b, v16 c);

/// Without an instruction for it. The product of two floats is exact in double precision; the sum is rounded to odd, so
/// that rounding it again to a float is as rounding once (Boldo and Melquiond 2008, "Emulation of FMA and correctly
/// rounded sums: proved algorithms using rounding to odd").
static v16 fma16(v16 a, v16 b, v16 c) {
    d16 product = __builtin_convertvector(a, d16) * __builtin_convertvector(b, d16);
    d16 addend = __builtin_convertvector(c, d16);
    d16 sum = product + addend;
    d16 part = sum - product;
    d16 error = (product - (sum - part)) + (addend - part);
    l16 bits = (l16)sum;
    // An inexact sum with an even last bit moves one unit towards the error; a NaN is neither above nor below 0.
    l16 above = error > (d16){0}, below = error < (d16){0};
    l16 even = (bits & 1) - 1;
    l16 sign = bits >> 63;
    // Away from 0 (+1) where error and sum have the same sign.
    l16 move = ((above & ~sign) | (below & sign)) & 1;
    l16 back = ((above & sign) | (below & ~sign)) & 1;
    bits += even & (move - back);
    return __builtin_convertvector((d16)bits, v16);
}

INLINE d8 exact_fma8(d8 a, d8 b, d8 c) { return a * b + c; }
#endif

INLINE v16 pick16(const float *upper, const float *lower, i16 place) {
    v16 to;
    for (int l = 0; l < lanes; l++) to[l] = place[l] < 8 ? upper[place[l]] : lower[place[l] - 8];
    return to;
}

INLINE uint32_t nonzero16(v16 a) {
    uint32_t mask = 0;
    for (int l = 0; l < lanes; l++) mask |= (uint32_t)(a[l] != 0) << l;
    return mask;
}

#include "table.h"

double fed_exp(double x) { return exp_below_one(x); }

double fed_log(double x) { return log_above_one(x); }
