// Many vectors of one length, each a row: what rules need that combine the updates of many clients.

/// Columns that `inner_products` takes at a time; a part of its result.
enum { product_block = 256 };

INLINE d8 load8(const double *from) {
    d8 a;
    memcpy(&a, from, sizeof a);
    return a;
}

/// The sum of the lanes, in the order that every version keeps.
INLINE double sum8(d8 a) { return ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7])); }

/// To double precision, with zeros up to a multiple of 16.
INLINE void widen(size_t count, const float *from, double *to) {
    for (size_t i = 0; i < count; i += lanes) {
        size_t some = count - i < lanes ? count - i : lanes;
        d16 wide = __builtin_convertvector(some == lanes ? load16(from + i) : loadpart16(from + i, some), d16);
        memcpy(to + i, &wide, sizeof wide);
    }
}

static void VERSION(inner_products)(
    size_t rows, size_t count, const float *values, size_t stride, double *sums, double *scratch
) {
    for (size_t start = 0; start < count; start += product_block) {
        size_t some = count - start < product_block ? count - start : product_block;
        size_t padded = (some + lanes - 1) / lanes * lanes;
        for (size_t row = 0; row < rows; row++)
            widen(some, values + row * stride + start, scratch + row * product_block);
        // Two rows by two: as many sums as are added to while one addition takes its time.
        for (size_t i = 0; i < rows; i += 2) {
            size_t next_i = i + 1 < rows ? i + 1 : i;
            const double *a = scratch + i * product_block, *b = scratch + next_i * product_block;
            for (size_t j = 0; j <= next_i; j += 2) {
                size_t next_j = j + 1 <= next_i ? j + 1 : j;
                const double *c = scratch + j * product_block, *d = scratch + next_j * product_block;
                d8 ac = {0}, ad = {0}, bc = {0}, bd = {0};
                for (size_t k = 0; k < padded; k += 8) {
                    d8 ak = load8(a + k), bk = load8(b + k), ck = load8(c + k), dk = load8(d + k);
                    ac = exact_fma8(ak, ck, ac);
                    ad = exact_fma8(ak, dk, ad);
                    bc = exact_fma8(bk, ck, bc);
                    bd = exact_fma8(bk, dk, bd);
                }
                sums[i * rows + j] += sum8(ac);
                if (next_j != j && next_j <= i) sums[i * rows + next_j] += sum8(ad);
                if (next_i != i) sums[next_i * rows + j] += sum8(bc);
                if (next_i != i && next_j != j) sums[next_i * rows + next_j] += sum8(bd);
            }
        }
    }
}

/// The smaller of each lane goes up.
INLINE void exchange16(float *upper, float *lower) {
    v16 a = load16(upper), b = load16(lower);
    i16 swap = b < a;
    store16(upper, choose16(swap, b, a));
    store16(lower, choose16(swap, a, b));
}

/// Sorts sixteen columns by merge exchange (Batcher 1968; Knuth, The Art of Computer Programming 3, Algorithm 5.2.2M), whose
/// comparisons are the same whatever the values.
INLINE void sort16(size_t rows, float *tile) {
    size_t top = 1;
    while (top * 2 < rows) top *= 2;
    for (size_t p = top; p > 0; p /= 2) {
        size_t q = top, r = 0, d = p;
        for (;;) {
            for (size_t i = 0; i + d < rows; i++)
                if ((i & p) == r) exchange16(tile + i * lanes, tile + (i + d) * lanes);
            if (q == p) break;
            d = q - p;
            q /= 2;
            r = p;
        }
    }
}

static void VERSION(sort_columns)(size_t rows, size_t count, float *values, size_t stride, float *scratch) {
    if (rows < 2) return;
    for (size_t start = 0; start < count; start += lanes) {
        size_t some = count - start < lanes ? count - start : lanes;
        for (size_t row = 0; row < rows; row++) {
            const float *from = values + row * stride + start;
            store16(scratch + row * lanes, some == lanes ? load16(from) : loadpart16(from, some));
        }
        sort16(rows, scratch);
        for (size_t row = 0; row < rows; row++)
            memcpy(values + row * stride + start, scratch + row * lanes, some * sizeof(float));
    }
}
