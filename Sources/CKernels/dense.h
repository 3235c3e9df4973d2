// The dense layer, with the inputs in the lanes.

enum {
    /// Floats of the weight that the backward pass goes over twice before the next: they stay in the second-level cache.
    dense_span = 65536,
    /// Examples whose inputs stay in the second-level cache, units whose weights pass through the first, and inputs of
    /// both that stay there.
    dense_block_examples = 50, dense_block_units = 8, dense_piece = 768,
#if WIDE
    dense_units = 4, dense_examples = 5, gradient_examples = 10, gradient_vectors = 2, update_units = 8,
    update_vectors = 2,
#else
    dense_units = 2, dense_examples = 3, gradient_examples = 5, gradient_vectors = 1, update_units = 4,
    update_vectors = 1,
#endif
};

// MARK: Forward

/// The sums of `units` units for some examples, over `count` inputs: [examples][dense_block_units] vectors of 16.
INLINE void dense_tile(
    size_t inputs, size_t count, const float *input, const float *weight, float *sums, const int examples,
    const int units
) {
    v16 sum[5][4];
    for (int e = 0; e < examples; e++)
        for (int u = 0; u < units; u++) sum[e][u] = load16(sums + (e * dense_block_units + u) * lanes);
    size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        v16 w[4];
        for (int u = 0; u < units; u++) w[u] = load16(weight + u * inputs + i);
        for (int e = 0; e < examples; e++) {
            v16 x = load16(input + e * inputs + i);
            for (int u = 0; u < units; u++) sum[e][u] = fma16(x, w[u], sum[e][u]);
        }
    }
    if (i < count) {
        for (int e = 0; e < examples; e++) {
            v16 x = loadpart16(input + e * inputs + i, count - i);
            for (int u = 0; u < units; u++)
                sum[e][u] = fma16(x, loadpart16(weight + u * inputs + i, count - i), sum[e][u]);
        }
    }
    for (int e = 0; e < examples; e++)
        for (int u = 0; u < units; u++) store16(sums + (e * dense_block_units + u) * lanes, sum[e][u]);
}

INLINE void dense_tiles(
    size_t examples, size_t inputs, size_t count, const float *input, const float *weight, float *sums,
    const int units
) {
    const size_t line = dense_block_units * lanes;
    size_t e = 0;
    for (; e + dense_examples <= examples; e += dense_examples) {
        dense_tile(inputs, count, input + e * inputs, weight, sums + e * line, dense_examples, units);
    }
    for (; e < examples; e++) {
        dense_tile(inputs, count, input + e * inputs, weight, sums + e * line, 1, units);
    }
}

/// A block of examples and units, a piece of the inputs at a time: the first-level cache keeps the weights of a piece for
/// all examples, and the inputs of a few examples for all units.
INLINE void dense_block(
    size_t examples, size_t units, size_t inputs, size_t outputs, const float *input, const float *weight,
    const float *bias, float *output
) {
    _Alignas(64) float sums[dense_block_examples * dense_block_units * lanes];
    memset(sums, 0, examples * dense_block_units * lanes * sizeof(float));
    for (size_t first = 0; first < inputs; first += dense_piece) {
        size_t count = inputs - first < dense_piece ? inputs - first : dense_piece;
        for (size_t e = 0; e < examples; e += dense_examples) {
            size_t some = examples - e < dense_examples ? examples - e : dense_examples;
            const float *x = input + e * inputs + first;
            size_t u = 0;
            for (; u + dense_units <= units; u += dense_units) {
                dense_tiles(some, inputs, count, x, weight + u * inputs + first,
                            sums + (e * dense_block_units + u) * lanes, dense_units);
            }
            for (; u < units; u++) {
                dense_tiles(some, inputs, count, x, weight + u * inputs + first,
                            sums + (e * dense_block_units + u) * lanes, 1);
            }
        }
    }
    for (size_t e = 0; e < examples; e++) {
        for (size_t u = 0; u < units; u++) {
            output[e * outputs + u] = sum16(load16(sums + (e * dense_block_units + u) * lanes)) + bias[u];
        }
    }
}

static void VERSION(dense_forward)(
    size_t examples, size_t inputs, size_t outputs, const float *input, const float *weight, const float *bias,
    float *output
) {
    for (size_t e = 0; e < examples; e += dense_block_examples) {
        size_t some = examples - e < dense_block_examples ? examples - e : dense_block_examples;
        for (size_t u = 0; u < outputs; u += dense_block_units) {
            size_t units = outputs - u < dense_block_units ? outputs - u : dense_block_units;
            dense_block(some, units, inputs, outputs, input + e * inputs, weight + u * inputs, bias + u,
                        output + e * outputs + u);
        }
    }
}

// MARK: Backward

/// dx of some examples and 16 * `vectors` inputs.
INLINE void dense_gradient_tile(
    size_t inputs, size_t outputs, const float *weight, const float *output_gradient, float *input_gradient,
    const int examples, const int vectors
) {
    v16 sum[10][2];
    for (int e = 0; e < examples; e++)
        for (int v = 0; v < vectors; v++) sum[e][v] = (v16){0};
    for (size_t u = 0; u < outputs; u++) {
        v16 w[2];
        for (int v = 0; v < vectors; v++) w[v] = load16(weight + u * inputs + v * lanes);
        for (int e = 0; e < examples; e++) {
            v16 g = splat16(output_gradient[e * outputs + u]);
            for (int v = 0; v < vectors; v++) sum[e][v] = fma16(g, w[v], sum[e][v]);
        }
    }
    for (int e = 0; e < examples; e++)
        for (int v = 0; v < vectors; v++) store16(input_gradient + e * inputs + v * lanes, sum[e][v]);
}

INLINE void dense_gradient_tiles(
    size_t examples, size_t inputs, size_t outputs, const float *weight, const float *output_gradient,
    float *input_gradient, const int vectors
) {
    size_t e = 0;
    for (; e + gradient_examples <= examples; e += gradient_examples) {
        dense_gradient_tile(inputs, outputs, weight, output_gradient + e * outputs, input_gradient + e * inputs,
                            gradient_examples, vectors);
    }
    for (; e + 3 <= examples; e += 3) {
        dense_gradient_tile(inputs, outputs, weight, output_gradient + e * outputs, input_gradient + e * inputs, 3,
                            vectors);
    }
    for (; e < examples; e++) {
        dense_gradient_tile(inputs, outputs, weight, output_gradient + e * outputs, input_gradient + e * inputs, 1,
                            vectors);
    }
}

INLINE v16 updated16(
    v16 old, v16 gradient, const float *constant, size_t count, fed_update update, float keep, float rate
) {
    switch (update) {
    case fed_update_set: return gradient;
    case fed_update_add: return old + gradient;
    case fed_update_step: break;
    }
    return stepped16(old, gradient, constant, count, keep, rate);
}

/// Some units of the weight, 16 * `vectors` inputs of each.
INLINE void dense_update_tile(
    size_t examples, size_t inputs, size_t outputs, const float *input, const float *output_gradient, float *target,
    const float *constant, fed_update update, float keep, float rate, const int units, const int vectors
) {
    v16 sum[8][2];
    for (int u = 0; u < units; u++)
        for (int v = 0; v < vectors; v++) sum[u][v] = (v16){0};
    for (size_t e = 0; e < examples; e++) {
        v16 x[2];
        for (int v = 0; v < vectors; v++) x[v] = load16(input + e * inputs + v * lanes);
        for (int u = 0; u < units; u++) {
            v16 g = splat16(output_gradient[e * outputs + u]);
            for (int v = 0; v < vectors; v++) sum[u][v] = fma16(g, x[v], sum[u][v]);
        }
    }
    for (int u = 0; u < units; u++) {
        for (int v = 0; v < vectors; v++) {
            size_t place = u * inputs + v * lanes;
            float *at = target + place;
            store16(at, updated16(load16(at), sum[u][v], further(constant, place), lanes, update, keep, rate));
        }
    }
}

INLINE void dense_update_tiles(
    size_t examples, size_t inputs, size_t outputs, const float *input, const float *output_gradient, float *target,
    const float *constant, fed_update update, float keep, float rate, const int vectors
) {
    size_t u = 0;
    for (; u + update_units <= outputs; u += update_units) {
        // The constants come from far away and in long strides, which no processor foresees.
        for (size_t next = u + update_units; constant && next < u + 2 * update_units && next < outputs; next++)
            for (int v = 0; v < vectors; v++) __builtin_prefetch(constant + next * inputs + v * lanes);
        dense_update_tile(examples, inputs, outputs, input, output_gradient + u, target + u * inputs,
                          further(constant, u * inputs), update, keep, rate, update_units, vectors);
    }
    for (; u < outputs; u++) {
        dense_update_tile(examples, inputs, outputs, input, output_gradient + u, target + u * inputs,
                          further(constant, u * inputs), update, keep, rate, 1, vectors);
    }
}

/// The last inputs, fewer than 16.
static void dense_rest(
    size_t examples, size_t inputs, size_t outputs, size_t from, const float *input, const float *weight,
    const float *output_gradient, float *input_gradient, float *target, const float *constant, fed_update update,
    float keep, float rate
) {
    size_t count = inputs - from;
    for (size_t e = 0; input_gradient && e < examples; e++) {
        v16 sum = {0};
        for (size_t u = 0; u < outputs; u++) {
            sum = fma16(splat16(output_gradient[e * outputs + u]), loadpart16(weight + u * inputs + from, count), sum);
        }
        memcpy(input_gradient + e * inputs + from, &sum, count * sizeof(float));
    }
    for (size_t u = 0; u < outputs; u++) {
        v16 sum = {0};
        for (size_t e = 0; e < examples; e++) {
            sum = fma16(splat16(output_gradient[e * outputs + u]), loadpart16(input + e * inputs + from, count), sum);
        }
        size_t place = u * inputs + from;
        float *at = target + place;
        sum = updated16(loadpart16(at, count), sum, further(constant, place), count, update, keep, rate);
        memcpy(at, &sum, count * sizeof(float));
    }
}

static void VERSION(dense_backward)(
    size_t examples, size_t inputs, size_t outputs, const float *input, const float *weight,
    const float *output_gradient, float *input_gradient, float *weight_target, float *bias_target,
    const float *weight_constant, const float *bias_constant, fed_update update, float keep, float rate
) {
    const size_t wide = gradient_vectors * lanes;
    size_t span = dense_span / outputs / wide * wide;
    if (span < wide) span = wide;
    size_t whole = inputs / lanes * lanes;
    for (size_t first = 0; first < whole; first += span) {
        size_t last = first + span < whole ? first + span : whole;
        size_t i = first;
        if (input_gradient) {
            for (; i + wide <= last; i += wide) {
                dense_gradient_tiles(examples, inputs, outputs, weight + i, output_gradient, input_gradient + i,
                                     gradient_vectors);
            }
            for (; i < last; i += lanes) {
                dense_gradient_tiles(examples, inputs, outputs, weight + i, output_gradient, input_gradient + i, 1);
            }
        }
        for (i = first; i + update_vectors * lanes <= last; i += update_vectors * lanes) {
            dense_update_tiles(examples, inputs, outputs, input + i, output_gradient, weight_target + i,
                               further(weight_constant, i), update, keep, rate, update_vectors);
        }
        for (; i < last; i += lanes) {
            dense_update_tiles(examples, inputs, outputs, input + i, output_gradient, weight_target + i,
                               further(weight_constant, i), update, keep, rate, 1);
        }
    }
    if (whole < inputs) {
        dense_rest(examples, inputs, outputs, whole, input, weight, output_gradient, input_gradient, weight_target,
                   weight_constant, update, keep, rate);
    }
    for (size_t u = 0; u < outputs; u += lanes) {
        size_t count = outputs - u < lanes ? outputs - u : lanes;
        v16 sum = {0};
        for (size_t e = 0; e < examples; e++) sum += loadpart16(output_gradient + e * outputs + u, count);
        sum = updated16(loadpart16(bias_target + u, count), sum, further(bias_constant, u), count, update, keep, rate);
        memcpy(bias_target + u, &sum, count * sizeof(float));
    }
}

static void VERSION(bytes_to_values)(size_t count, const uint8_t *bytes, float *values) {
    for (size_t i = 0; i < count; i++) values[i] = (float)bytes[i] / 255.0f;
}
