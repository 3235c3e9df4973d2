// Exponential, logarithm and the loss, in double precision, with additions and multiplications alone: the system's
// mathematics library differs from one version to the next.

INLINE double bits_to_double(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/// e to the power of x, for x <= 0; 0 below -700; NaN of NaN. Relative error below 1e-15.
INLINE double exp_below_one(double x) {
    if (!(x >= -700)) return x < -700 ? 0 : x;
    // x = k log 2 + r, |r| <= log(2) / 2; adding and subtracting 1.5 * 2^52 rounds to a whole number.
    double shifted = x * 0x1.71547652b82fep+0 + 0x1.8p52;
    double k = shifted - 0x1.8p52;
    double r = x - k * 0x1.62e42fefa38p-1 - k * 0x1.ef35793c7673p-45;
    // Taylor: the first term left out is below 2e-17.
    double p = 1.0 / 6227020800;
    static const double terms[] = {
        1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720,
        1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5, 1, 1,
    };
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) p = p * r + terms[i];
    return p * bits_to_double((uint64_t)(1023 + (int64_t)k) << 52);
}

/// The natural logarithm of a finite x >= 1; x itself when it is not one. Absolute error below 1e-15.
INLINE double log_above_one(double x) {
    if (!(x >= 1 && x < 0x1p1000)) return x;
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    double k = (double)((int64_t)(bits >> 52) - 1023);
    double m = bits_to_double((bits & 0xfffffffffffffull) | 0x3ff0000000000000ull);
    if (m > 0x1.6a09e667f3bcdp+0) {
        m *= 0.5;
        k += 1;
    }
    // log m = 2 artanh(s), s = (m - 1) / (m + 1), |s| < 0.172.
    double s = (m - 1) / (m + 1), square = s * s, p = 1.0 / 23;
    for (int odd = 21; odd >= 1; odd -= 2) p = p * square + 1.0 / odd;
    return k * 0x1.62e42fefa38p-1 + (k * 0x1.ef35793c7673p-45 + 2 * s * p);
}

static fed_loss VERSION(softmax_cross_entropy)(
    size_t examples, size_t classes, const float *logits, const uint8_t *labels, double scale, float *gradient
) {
    fed_loss result = {0, 0};
    for (size_t e = 0; e < examples; e++, logits += classes) {
        size_t best = 0, label = labels[e];
        for (size_t c = 1; c < classes; c++) best = logits[c] > logits[best] ? c : best;
        double largest = logits[best], sum = 0, shares[256];
        for (size_t c = 0; c < classes; c++) {
            double share = exp_below_one((double)logits[c] - largest);
            shares[c & 255] = share;
            sum += share;
        }
        result.loss += log_above_one(sum) - ((double)logits[label] - largest);
        result.correct += best == label;
        if (gradient) {
            double factor = scale / sum;
            for (size_t c = 0; c < classes; c++) {
                double share = shares[c & 255] * factor;
                gradient[e * classes + c] = (float)(c == label ? share - scale : share);
            }
        }
    }
    return result;
}
