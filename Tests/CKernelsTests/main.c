// Runs every version of the kernels on many shapes, each buffer as large as it has to be and no larger, and prints
// one hash of all their results for each version: to be built with sanitizers, and for other processors.
#include "CKernels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t hash;

static void mix(const void *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) hash = (hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3;
}

/// A NaN is a NaN, whatever its bits.
static void mix_floats(const float *values, size_t count) {
    for (size_t i = 0; i < count; i++) {
        float value = values[i] == values[i] ? values[i] : 0;
        mix(&value, sizeof value);
    }
}

static uint32_t state;

static uint32_t next(void) {
    state ^= state << 13;
    state ^= state >> 17;
    return state ^= state << 5;
}

static void *allocated(size_t bytes) {
    void *memory = NULL;
    if (posix_memalign(&memory, 64, bytes ? bytes : 1) != 0) abort();
    return memory;
}

enum kind { ordinary, sparse, positive, none, tiny, huge, kinds };

static float *filled(size_t count, enum kind kind, float scale) {
    float *values = allocated(count * sizeof(float));
    for (size_t i = 0; i < count; i++) {
        float value = ((float)(next() >> 8) * 0x1p-23f - 1) * scale;
        switch (kind) {
        case ordinary: break;
        case sparse: value = next() % 4 == 0 ? value : 0; break;
        case positive: value = value < 0 ? -value : value; break;
        case none: value = 0; break;
        case tiny: value *= 0x1p-132f; break;
        default: value *= 0x1p100f; break;
        }
        values[i] = value;
    }
    return values;
}

static void convolution(
    const fed_kernels *kernels, size_t height, size_t width, size_t channels, size_t filters, size_t kernel,
    bool same, size_t tile, size_t images, enum kind kind
) {
    size_t lost = same ? 0 : kernel - 1;
    if (height < lost + 2 || width < lost + 2) return;
    fed_convolution layer = {
        height, width, channels, filters, kernel, same ? kernel / 2 : 0, tile, (height - lost) / 2,
        (width - lost) / 2,
    };
    size_t inputs = images * height * width * channels;
    size_t outputs = images * layer.pooled_height * layer.pooled_width * filters;
    size_t weights = kernel * kernel * channels * filters;
    float *input = filled(inputs, kind, 1), *weight = filled(weights, ordinary, 0.1f);
    float *bias = filled(filters, ordinary, 0.1f), *gradient = filled(outputs, ordinary, 0.1f);
    float *derived = allocated(fed_derived_count(&layer) * sizeof(float));
    float *scratch = allocated(fed_scratch_count(&layer) * sizeof(float));
    float *output = allocated(outputs * sizeof(float)), *again = allocated(outputs * sizeof(float));
    uint8_t *choices = allocated(outputs);
    float *input_gradient = allocated(inputs * sizeof(float));
    float *weight_gradient = allocated(weights * sizeof(float));
    float *bias_gradient = allocated(filters * sizeof(float));
    kernels->convolution_prepare(&layer, weight, derived, scratch);
    kernels->convolution_forward(&layer, images, input, derived, bias, output, choices, scratch);
    kernels->convolution_forward(&layer, images, input, derived, bias, again, NULL, scratch);
    if (memcmp(output, again, outputs * sizeof(float)) != 0) {
        fprintf(stderr, "%s: inference differs from training\n", kernels->name);
        exit(1);
    }
    mix_floats(output, outputs);
    mix(choices, outputs);
    for (int accumulate = 0; accumulate < 2; accumulate++) {
        kernels->convolution_backward(
            &layer, images, input, weight, choices, gradient, channels == 1 ? NULL : input_gradient, weight_gradient,
            bias_gradient, accumulate, scratch);
        mix_floats(weight_gradient, weights);
        mix_floats(bias_gradient, filters);
        if (channels != 1) mix_floats(input_gradient, inputs);
    }
    free(input), free(weight), free(bias), free(gradient), free(derived), free(scratch), free(output), free(again);
    free(choices), free(input_gradient), free(weight_gradient), free(bias_gradient);
}

static void optimisers(
    const fed_kernels *kernels, size_t count, float *weight, const float *gradient, const float *constant
) {
    float *first = filled(count, ordinary, 0.1f), *second = filled(count, positive, 0.1f);
    kernels->step(count, weight, gradient, constant, 1, 0.1f);
    mix_floats(weight, count);
    kernels->momentum_step(count, weight, first, gradient, constant, 0.1f, 0.9f, 0.01f);
    kernels->adam_step(count, weight, first, second, gradient, constant, 0.001f, 0.9f, 0.999f, 1.5f, 1e-8f, 0.01f);
    mix_floats(weight, count);
    mix_floats(first, count);
    mix_floats(second, count);
    double norm = kernels->squared_norm(count, weight), expected = 0;
    for (size_t i = 0; i < count; i++) expected += (double)weight[i] * (double)weight[i];
    // Where there is a NaN or an infinity both say so.
    if (norm - expected > 1e-12 * expected || expected - norm > 1e-12 * expected) {
        fprintf(stderr, "%s: a squared norm of %g, not %g\n", kernels->name, norm, expected);
        exit(1);
    }
    if (norm == norm) mix(&norm, sizeof norm);
    kernels->scale(count, first, 0.3f);
    mix_floats(first, count);
    free(first), free(second);
}

static void dense(const fed_kernels *kernels, size_t examples, size_t inputs, size_t outputs, enum kind kind) {
    float *input = filled(examples * inputs, kind, 1), *weight = filled(outputs * inputs, ordinary, 0.1f);
    float *bias = filled(outputs, ordinary, 0.1f), *output = allocated(examples * outputs * sizeof(float));
    float *gradient = filled(examples * outputs, ordinary, 0.1f);
    float *input_gradient = allocated(examples * inputs * sizeof(float));
    float *weight_gradient = filled(outputs * inputs, ordinary, 1), *bias_gradient = filled(outputs, ordinary, 1);
    kernels->dense_forward(examples, inputs, outputs, input, weight, bias, output);
    mix_floats(output, examples * outputs);
    for (int update = fed_update_set; update <= fed_update_add; update++) {
        kernels->dense_backward(
            examples, inputs, outputs, input, weight, gradient, update == fed_update_add ? NULL : input_gradient,
            weight_gradient, bias_gradient, NULL, NULL, (fed_update)update, 1, 0);
        mix_floats(weight_gradient, outputs * inputs);
        mix_floats(bias_gradient, outputs);
    }
    float *weight_constant = filled(outputs * inputs, ordinary, 0.1f), *bias_constant = filled(outputs, ordinary, 0.1f);
    for (int corrected = 0; corrected < 2; corrected++) {
        kernels->dense_backward(
            examples, inputs, outputs, input, weight, gradient, input_gradient, weight, bias,
            corrected ? weight_constant : NULL, corrected ? bias_constant : NULL, fed_update_step, 0.75f, 0.1f);
        mix_floats(input_gradient, examples * inputs);
        mix_floats(weight, outputs * inputs);
        mix_floats(bias, outputs);
    }
    optimisers(kernels, outputs * inputs, weight, weight_gradient, weight_constant);
    optimisers(kernels, outputs, bias, bias_gradient, NULL);
    free(weight_constant), free(bias_constant);
    uint8_t *labels = allocated(examples);
    for (size_t i = 0; i < examples; i++) labels[i] = (uint8_t)(next() % outputs);
    if (outputs <= 256) {
        fed_loss loss = kernels->softmax_cross_entropy(examples, outputs, output, labels, 0.1, gradient);
        if (loss.loss == loss.loss) mix(&loss.loss, sizeof loss.loss);
        mix(&loss.correct, sizeof loss.correct);
        mix_floats(gradient, examples * outputs);
    }
    uint8_t *bytes = allocated(inputs);
    for (size_t i = 0; i < inputs; i++) bytes[i] = (uint8_t)next();
    kernels->bytes_to_values(inputs, bytes, input);
    mix_floats(input, inputs);
    free(input), free(weight), free(bias), free(output), free(gradient), free(input_gradient), free(weight_gradient);
    free(bias_gradient), free(labels), free(bytes);
}

static void transpose(const fed_kernels *kernels, size_t rows, size_t columns) {
    float *from = filled(rows * columns, ordinary, 1), *to = allocated(rows * columns * sizeof(float));
    kernels->transpose(rows, columns, from, to);
    for (size_t row = 0; row < rows; row++) {
        for (size_t column = 0; column < columns; column++) {
            if (to[column * rows + row] != from[row * columns + column]) {
                fprintf(stderr, "%s: not transposed, %zu x %zu\n", kernels->name, rows, columns);
                exit(1);
            }
        }
    }
    free(from), free(to);
}

static void rows(const fed_kernels *kernels, size_t rows, size_t columns) {
    size_t stride = columns + 3;
    float *values = filled(rows * stride, ordinary, 1);
    // So that some are equal, and zeros have both signs.
    for (size_t i = 0; i < rows * stride; i += 5) values[i] = i % 2 ? 0.0f : -0.0f;
    double *sums = allocated(rows * rows * sizeof(double)), *products = allocated(rows * 256 * sizeof(double));
    for (size_t i = 0; i < rows * rows; i++) sums[i] = 0;
    kernels->inner_products(rows, columns, values, stride, sums, products);
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < rows; j++) {
            double expected = 0;
            for (size_t c = 0; c < columns; c++) expected += (double)values[i * stride + c] * values[j * stride + c];
            double off = sums[i * rows + j] - (j <= i ? expected : 0);
            if (off > 1e-9 || off < -1e-9) {
                fprintf(stderr, "%s: a wrong inner product, %zu x %zu\n", kernels->name, rows, columns);
                exit(1);
            }
        }
    }
    mix(sums, rows * rows * sizeof(double));
    float *before = allocated(rows * stride * sizeof(float)), *scratch = allocated(rows * 16 * sizeof(float));
    memcpy(before, values, rows * stride * sizeof(float));
    kernels->sort_columns(rows, columns, values, stride, scratch);
    for (size_t c = 0; c < stride; c++) {
        for (size_t row = 0; row < rows; row++) {
            size_t above = 0, equal = 0, place = 0;
            for (size_t other = 0; other < rows; other++) {
                above += before[other * stride + c] < before[row * stride + c];
                equal += before[other * stride + c] == before[row * stride + c];
                place += values[other * stride + c] == before[row * stride + c];
            }
            bool is_sorted = c >= columns ? values[row * stride + c] == before[row * stride + c]
                                          : place == equal && values[above * stride + c] == before[row * stride + c];
            if (!is_sorted) {
                fprintf(stderr, "%s: not sorted, %zu x %zu\n", kernels->name, rows, columns);
                exit(1);
            }
        }
    }
    mix_floats(values, rows * stride);
    free(values), free(sums), free(products), free(before), free(scratch);
}

static void run(const fed_kernels *kernels) {
    for (size_t count = 1; count <= 40; count++) rows(kernels, count, 1 + count * 7 % 37);
    rows(kernels, 100, 16), rows(kernels, 3, 256), rows(kernels, 4, 257), rows(kernels, 7, 700);
    static const size_t extents[] = {1, 7, 16, 25, 49, 64};
    for (size_t r = 0; r < sizeof extents / sizeof *extents; r++) {
        for (size_t c = 0; c < sizeof extents / sizeof *extents; c++) transpose(kernels, extents[r], extents[c]);
    }
    static const size_t sides[][2] = {{28, 28}, {13, 13}, {14, 14}, {9, 8}, {7, 11}, {6, 6}, {2, 2}, {5, 70}};
    static const size_t widths[][2] = {{1, 32}, {1, 48}, {32, 64}, {16, 16}, {48, 80}};
    for (size_t s = 0; s < sizeof sides / sizeof *sides; s++) {
        for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
            if (sides[s][0] == 28 && widths[w][0] != 1) continue;
            for (int form = 0; form < 6; form++) {
                for (int kind = 0; kind < kinds; kind++) {
                    convolution(
                        kernels, sides[s][0], sides[s][1], widths[w][0], widths[w][1], form < 2 ? 3 : 5, form & 1,
                        form < 4 ? 2 : 4, 1 + (kind == 0), (enum kind)kind);
                }
            }
        }
    }
    static const size_t layers[][2] = {{784, 10}, {1600, 64}, {64, 10}, {200, 200}, {33, 7}, {16, 1}, {3, 3}, {47, 300}};
    for (size_t l = 0; l < sizeof layers / sizeof *layers; l++) {
        for (size_t examples = 1; examples <= 65; examples += examples < 17 ? 1 : 12) {
            dense(kernels, examples, layers[l][0], layers[l][1], (enum kind)(examples % kinds));
        }
    }
}

int main(void) {
    for (size_t version = 0; version < fed_kernels_count(); version++) {
        hash = 0xcbf29ce484222325;
        state = 1;
        run(fed_kernels_at(version));
        printf("%016llx %s\n", (unsigned long long)hash, fed_kernels_at(version)->name);
    }
    return 0;
}
