// The optimisers' steps, and what happens to a gradient before them.

/// Where so many floats further begin, if they are there at all.
INLINE const float *further(const float *from, size_t count) { return from ? from + count : NULL; }

/// The step of plain SGD for `count` parameters; the constant may be NULL.
INLINE v16 stepped16(v16 old, v16 gradient, const float *constant, size_t count, float keep, float rate) {
    v16 kept = keep == 1 ? old : splat16(keep) * old;
    if (constant) kept = fma16(splat16(keep), old, loadpart16(constant, count));
    return fma16(splat16(-rate), gradient, kept);
}

/// In double precision, where no square of a float overflows; each lane sums its own, then a tree the lanes.
static double VERSION(squared_norm)(size_t count, const float *values) {
    d16 sum = {0};
    size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        d16 some = __builtin_convertvector(load16(values + i), d16);
        sum += some * some;
    }
    if (i < count) {
        d16 rest = __builtin_convertvector(loadpart16(values + i, count - i), d16);
        sum += rest * rest;
    }
    double part[lanes];
    memcpy(part, &sum, sizeof part);
    for (int half = lanes / 2; half > 0; half /= 2)
        for (int l = 0; l < half; l++) part[l] += part[l + half];
    return part[0];
}

static void VERSION(scale)(size_t count, float *values, float factor) {
    for (size_t i = 0; i < count; i++) values[i] *= factor;
}

INLINE void step_part(
    float *parameters, const float *gradient, const float *constant, size_t count, float keep, float rate
) {
    v16 value = stepped16(loadpart16(parameters, count), loadpart16(gradient, count), constant, count, keep, rate);
    memcpy(parameters, &value, count * sizeof(float));
}

static void VERSION(step)(
    size_t count, float *parameters, const float *gradient, const float *constant, float keep, float rate
) {
    size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        step_part(parameters + i, gradient + i, further(constant, i), lanes, keep, rate);
    }
    if (i < count) step_part(parameters + i, gradient + i, further(constant, i), count - i, keep, rate);
}

/// The gradient with its constant, unless that is NULL, and the decay of the parameters.
INLINE v16 slope16(v16 value, const float *gradient, const float *constant, size_t count, float decay) {
    v16 slope = loadpart16(gradient, count);
    if (constant) slope = slope + loadpart16(constant, count);
    return slope + splat16(decay) * value;
}

INLINE void momentum_part(
    float *parameters, float *velocity, const float *gradient, const float *constant, size_t count, float rate,
    float momentum, float decay
) {
    v16 value = loadpart16(parameters, count);
    v16 speed = splat16(momentum) * loadpart16(velocity, count) + slope16(value, gradient, constant, count, decay);
    value = value - splat16(rate) * speed;
    memcpy(velocity, &speed, count * sizeof(float));
    memcpy(parameters, &value, count * sizeof(float));
}

static void VERSION(momentum_step)(
    size_t count, float *parameters, float *velocity, const float *gradient, const float *constant, float rate,
    float momentum, float decay
) {
    size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        momentum_part(parameters + i, velocity + i, gradient + i, further(constant, i), lanes, rate, momentum, decay);
    }
    if (i < count) {
        momentum_part(parameters + i, velocity + i, gradient + i, further(constant, i), count - i, rate, momentum,
                      decay);
    }
}

INLINE void adam_part(
    float *parameters, float *mean, float *square, const float *gradient, const float *constant, size_t count,
    float rate, float beta1, float beta2, float root_scale, float epsilon, float decay
) {
    v16 value = loadpart16(parameters, count);
    v16 slope = slope16(value, gradient, constant, count, decay);
    v16 m = splat16(beta1) * loadpart16(mean, count) + splat16(1 - beta1) * slope;
    v16 s = splat16(beta2) * loadpart16(square, count) + splat16(1 - beta2) * slope * slope;
    value = value - splat16(rate) * m / (__builtin_elementwise_sqrt(s) * splat16(root_scale) + splat16(epsilon));
    memcpy(mean, &m, count * sizeof(float));
    memcpy(square, &s, count * sizeof(float));
    memcpy(parameters, &value, count * sizeof(float));
}

static void VERSION(adam_step)(
    size_t count, float *parameters, float *mean, float *square, const float *gradient, const float *constant,
    float rate, float beta1, float beta2, float root_scale, float epsilon, float decay
) {
    size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        adam_part(parameters + i, mean + i, square + i, gradient + i, further(constant, i), lanes, rate, beta1, beta2,
                  root_scale, epsilon, decay);
    }
    if (i < count) {
        adam_part(parameters + i, mean + i, square + i, gradient + i, further(constant, i), count - i, rate, beta1,
                  beta2, root_scale, epsilon, decay);
    }
}
