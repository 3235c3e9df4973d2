// What all kernels use. Included by each version's file after it has said how its processor does these:
//
//   v16 fma16(v16 a, v16 b, v16 c)             a * b + c, rounded once
//   d8 exact_fma8(d8 a, d8 b, d8 c)            a * b + c, where a * b is exact, so that fusing the two changes no bit
//   v16 pick16(const float *upper, const float *lower, i16 place)
//                                              upper[place] below 8, lower[place - 8] above; reads 8 floats of each
//   uint32_t nonzero16(v16 a)                  bit l: lane l is not 0
//   WIDE                                       1 with 32 registers of 16 floats, else 0

INLINE v16 load16(const float *from) {
    v16 a;
    memcpy(&a, from, sizeof a);
    return a;
}

INLINE void store16(float *to, v16 a) { memcpy(to, &a, sizeof a); }

INLINE v16 splat16(float a) {
    return (v16){a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a};
}

INLINE i16 splati16(int32_t a) {
    return (i16){a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a};
}

/// Where the mask is -1 the first, where it is 0 the second.
INLINE v16 choose16(i16 mask, v16 a, v16 b) { return (v16)((mask & (i16)a) | (~mask & (i16)b)); }
INLINE i16 choosei16(i16 mask, i16 a, i16 b) { return (mask & a) | (~mask & b); }

/// `count` floats, below 16, and zeros after them.
INLINE v16 loadpart16(const float *from, size_t count) {
    v16 a = {0};
    memcpy(&a, from, count * sizeof(float));
    return a;
}

/// The sum of the lanes, in the order that every version keeps.
INLINE float sum16(v16 a) {
    typedef float v8 __attribute__((vector_size(32)));
    typedef float v4 __attribute__((vector_size(16)));
    v8 b = __builtin_shufflevector(a, a, 0, 1, 2, 3, 4, 5, 6, 7)
        + __builtin_shufflevector(a, a, 8, 9, 10, 11, 12, 13, 14, 15);
    v4 c = __builtin_shufflevector(b, b, 0, 1, 2, 3) + __builtin_shufflevector(b, b, 4, 5, 6, 7);
    return (c[0] + c[2]) + (c[1] + c[3]);
}

/// The largest of a pooling window's four values, the first of equal ones, and which it is.
typedef struct { v16 value; i16 place; } largest;

INLINE largest largest16(v16 a, v16 b, v16 c, v16 d) {
    i16 right = b > a, lowright = d > c;
    v16 above = choose16(right, b, a), below = choose16(lowright, d, c);
    i16 down = below > above;
    // A comparison gives -1 where it holds.
    return (largest){choose16(down, below, above), choosei16(down, 2 - lowright, -right)};
}

/// Bias and ReLU of pooled values, stored with their choices.
INLINE void finish16(largest best, v16 bias, float *output, uint8_t *choices) {
    v16 value = best.value + bias;
    i16 positive = value > (v16){0};
    store16(output, (v16)(positive & (i16)value));
    if (choices) {
        b16 bytes = __builtin_convertvector(choosei16(positive, best.place, splati16(FED_NO_CHOICE)), b16);
        memcpy(choices, &bytes, sizeof bytes);
    }
}

/// The gradients of pooled cells, 0 where the ReLU was, and their choices.
typedef struct { v16 gradient; i16 choice; } pooled;

INLINE pooled pooled16(const float *gradient, const uint8_t *choices) {
    b16 bytes;
    memcpy(&bytes, choices, sizeof bytes);
    i16 choice = __builtin_convertvector(bytes, i16);
    i16 chosen = choice < splati16(FED_NO_CHOICE);
    return (pooled){(v16)(chosen & (i16)load16(gradient)), choice};
}

/// [16][stride] -> [16][to_stride], transposed.
INLINE void transpose16(const float *from, size_t stride, float *to, size_t to_stride) {
    v16 r[16], t[16];
    for (int i = 0; i < 16; i++) r[i] = load16(from + i * stride);
    for (int i = 0; i < 8; i++) {
        t[2 * i] = __builtin_shufflevector(
            r[i], r[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        t[2 * i + 1] = __builtin_shufflevector(
            r[i], r[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
    // Four interleavings of the halves of 16 rows are the transposition.
    for (int round = 1; round < 4; round++) {
        for (int i = 0; i < 16; i++) r[i] = t[i];
        for (int i = 0; i < 8; i++) {
            t[2 * i] = __builtin_shufflevector(
                r[i], r[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            t[2 * i + 1] = __builtin_shufflevector(
                r[i], r[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        }
    }
    for (int i = 0; i < 16; i++) store16(to + i * to_stride, t[i]);
}
