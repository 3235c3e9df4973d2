// The convolution of many channels with its pooling.
//
// Forward: the minimal filtering of Winograd (Lavin and Gray 2016, "Fast Algorithms for Convolutional Neural
// Networks"), F(2x2, 3x3) and F(2x2, 5x5), whose tile of outputs is the pooling window. The points are 0, 1, -1, inf
// and 0, 1, -1, 2, -2, inf.
//
// Backward: at most one in four of the convolution's outputs has a gradient, those that the pooling chose and the ReLU
// let through. The input's gradient goes through them cell by cell, the weight's filter by filter.

enum {
    /// Tiles that are transformed together.
    block = 10,
    /// Tiles in the registers of the product.
    rows = 5,
};

INLINE size_t padded_width(const fed_convolution *layer) { return layer->width + 2 * layer->padding; }
INLINE size_t padded_height(const fed_convolution *layer) { return layer->height + 2 * layer->padding; }
INLINE size_t padded_count(const fed_convolution *layer) {
    return padded_height(layer) * padded_width(layer) * layer->channels;
}

/// The image with its zeros around it: a copy, or the image itself where there are none.
INLINE const float *pad(const fed_convolution *layer, const float *image, float *padded) {
    if (layer->padding == 0) return image;
    size_t line = layer->width * layer->channels, margin = layer->padding * layer->channels;
    memset(padded, 0, padded_count(layer) * sizeof(float));
    for (size_t y = 0; y < layer->height; y++) {
        memcpy(padded + (y + layer->padding) * (line + 2 * margin) + margin, image + y * line, line * sizeof(float));
    }
    return padded;
}

// MARK: Transforms

/// One column of the weight's transform, G g.
INLINE void weight_line(const v16 *g, size_t step, v16 *u, size_t to, const int kernel) {
    if (kernel == 3) {
        v16 ends = g[0] + g[2 * step];
        u[0] = g[0];
        u[to] = (ends + g[step]) * 0.5f;
        u[2 * to] = (ends - g[step]) * 0.5f;
        u[3 * to] = g[2 * step];
    } else {
        v16 even = g[0] + g[2 * step] + g[4 * step], odd = g[step] + g[3 * step];
        v16 far = fma16(splat16(16), g[4 * step], fma16(splat16(4), g[2 * step], g[0]));
        v16 farodd = fma16(splat16(8), g[3 * step], g[step] + g[step]);
        u[0] = g[0] * 0.25f;
        u[to] = (even + odd) * (-1.0f / 6);
        u[2 * to] = (even - odd) * (-1.0f / 6);
        u[3 * to] = (far + farodd) * (1.0f / 24);
        u[4 * to] = (far - farodd) * (1.0f / 24);
        u[5 * to] = g[4 * step];
    }
}

/// One column of the input's transform, B^T d.
INLINE void input_line(const v16 *d, size_t step, v16 *v, size_t to, const int kernel) {
    if (kernel == 3) {
        v[0] = d[0] - d[2 * step];
        v[to] = d[step] + d[2 * step];
        v[2 * to] = d[2 * step] - d[step];
        v[3 * to] = d[step] - d[3 * step];
    } else {
        v16 a = fma16(splat16(-4), d[2 * step], d[4 * step]), b = fma16(splat16(-4), d[step], d[3 * step]);
        v16 c = d[4 * step] - d[2 * step], e = (d[3 * step] - d[step]) * 2.0f;
        v[0] = fma16(splat16(4), d[0], fma16(splat16(-5), d[2 * step], d[4 * step]));
        v[to] = a + b;
        v[2 * to] = a - b;
        v[3 * to] = c + e;
        v[4 * to] = c - e;
        v[5 * to] = fma16(splat16(4), d[step], fma16(splat16(-5), d[3 * step], d[5 * step]));
    }
}

/// One column of the output's transform, A^T m: two values.
INLINE void output_line(const v16 *m, size_t step, v16 *y, size_t to, const int kernel) {
    if (kernel == 3) {
        y[0] = (m[0] + m[step]) + m[2 * step];
        y[to] = (m[step] - m[2 * step]) - m[3 * step];
    } else {
        y[0] = m[0] + ((m[step] + m[2 * step]) + (m[3 * step] + m[4 * step]));
        y[to] = fma16(splat16(2), m[3 * step] - m[4 * step], m[step] - m[2 * step]) + m[5 * step];
    }
}

/// [F, kh, kw, C] -> [points, C, F], transformed.
INLINE void transform_weight(
    const fed_convolution *layer, const float *weight, float *derived, float *scratch, const int kernel
) {
    enum { most = 6 };
    const int side = kernel + 1, area = kernel * kernel;
    size_t channels = layer->channels, filters = layer->filters;
    for (size_t f = 0; f < filters; f += lanes) {
        for (size_t c = 0; c < channels; c += lanes) {
            for (int tap = 0; tap < area; tap++) {
                transpose16(weight + (f * area + tap) * channels + c, area * channels, scratch + tap * 256);
            }
            for (int i = 0; i < lanes; i++) {
                v16 g[25], half[most * 5], u[most * most];
                for (int tap = 0; tap < area; tap++) g[tap] = load16(scratch + tap * 256 + i * lanes);
                for (int x = 0; x < kernel; x++) weight_line(g + x, kernel, half + x, kernel, kernel);
                for (int y = 0; y < side; y++) weight_line(half + y * kernel, 1, u + y * side, 1, kernel);
                for (int p = 0; p < side * side; p++) store16(derived + (p * channels + c + i) * filters + f, u[p]);
            }
        }
    }
}

/// The patch of one tile -> its place in [points, tiles, C].
INLINE void transform_input(
    const float *patch, size_t stride, size_t channels, float *transformed, size_t tiles, const int kernel
) {
    enum { most = 6 };
    const int side = kernel + 1;
    for (size_t c = 0; c < channels; c += lanes) {
        v16 half[most * most];
        for (int y = 0; y < side; y++) {
            v16 d[most];
            for (int x = 0; x < side; x++) d[x] = load16(patch + y * stride + x * channels + c);
            input_line(d, 1, half + y * side, 1, kernel);
        }
        for (int x = 0; x < side; x++) {
            v16 v[most];
            input_line(half + x, side, v, 1, kernel);
            for (int y = 0; y < side; y++) store16(transformed + (y * side + x) * tiles * channels + c, v[y]);
        }
    }
}

/// One tile of [points, tiles, F] -> a pooled cell.
INLINE void transform_output(
    const float *product, size_t tiles, size_t filters, const float *bias, float *output, uint8_t *choices,
    const int kernel
) {
    enum { most = 6 };
    const int side = kernel + 1;
    for (size_t f = 0; f < filters; f += lanes) {
        v16 half[2 * most], y[4];
        for (int row = 0; row < side; row++) {
            v16 m[most];
            for (int x = 0; x < side; x++) m[x] = load16(product + (row * side + x) * tiles * filters + f);
            output_line(m, 1, half + row * 2, 1, kernel);
        }
        output_line(half, 2, y, 2, kernel);
        output_line(half + 1, 2, y + 1, 2, kernel);
        finish16(largest16(y[0], y[1], y[2], y[3]), load16(bias + f), output + f, choices ? choices + f : NULL);
    }
}

// MARK: Product

/// `count` tiles times `groups` times 16 filters: c [tiles, F] = a [tiles, C] * b [C, F].
INLINE void multiply_part(
    const float *a, const float *b, float *c, size_t channels, size_t filters, const int count, const int groups
) {
    v16 sum[rows][4];
    for (int t = 0; t < count; t++)
        for (int g = 0; g < groups; g++) sum[t][g] = (v16){0};
    for (size_t k = 0; k < channels; k++) {
        v16 w[4];
        for (int g = 0; g < groups; g++) w[g] = load16(b + k * filters + g * lanes);
        for (int t = 0; t < count; t++) {
            v16 value = splat16(a[t * channels + k]);
            for (int g = 0; g < groups; g++) sum[t][g] = fma16(value, w[g], sum[t][g]);
        }
    }
    for (int t = 0; t < count; t++)
        for (int g = 0; g < groups; g++) store16(c + t * filters + g * lanes, sum[t][g]);
}

INLINE void multiply_tiles(
    const float *a, const float *b, float *c, size_t channels, size_t filters, const int count
) {
    size_t f = 0;
#if WIDE
    for (; f + 4 * lanes <= filters; f += 4 * lanes) multiply_part(a, b + f, c + f, channels, filters, count, 4);
#endif
    for (; f < filters; f += lanes) multiply_part(a, b + f, c + f, channels, filters, count, 1);
}

static void multiply(const float *a, const float *b, float *c, size_t tiles, size_t channels, size_t filters) {
    size_t t = 0;
    for (; t + rows <= tiles; t += rows) {
        multiply_tiles(a + t * channels, b, c + t * filters, channels, filters, rows);
    }
    a += t * channels;
    c += t * filters;
    switch (tiles - t) {
    case 1: multiply_tiles(a, b, c, channels, filters, 1); break;
    case 2: multiply_tiles(a, b, c, channels, filters, 2); break;
    case 3: multiply_tiles(a, b, c, channels, filters, 3); break;
    case 4: multiply_tiles(a, b, c, channels, filters, 4); break;
    }
}

INLINE void convolution_forward_part(
    const fed_convolution *layer, size_t images, const float *input, const float *derived, const float *bias,
    float *output, uint8_t *choices, float *scratch, const int kernel
) {
    const size_t points = (size_t)(kernel + 1) * (kernel + 1);
    size_t channels = layer->channels, filters = layer->filters;
    size_t stride = padded_width(layer) * channels;
    size_t cells = layer->pooled_height * layer->pooled_width;
    float *transformed = scratch;
    float *product = transformed + points * block * channels;
    float *padded = product + points * block * filters;
    for (size_t image = 0; image < images; image++) {
        const float *source = pad(layer, input + image * layer->height * layer->width * channels, padded);
        for (size_t first = 0; first < cells; first += block) {
            size_t tiles = cells - first < block ? cells - first : block;
            for (size_t t = 0; t < tiles; t++) {
                size_t y = (first + t) / layer->pooled_width, x = (first + t) % layer->pooled_width;
                transform_input(source + 2 * y * stride + 2 * x * channels, stride, channels,
                                transformed + t * channels, tiles, kernel);
            }
            for (size_t p = 0; p < points; p++) {
                multiply(transformed + p * tiles * channels, derived + p * channels * filters,
                         product + p * tiles * filters, tiles, channels, filters);
            }
            for (size_t t = 0; t < tiles; t++) {
                transform_output(product + t * filters, tiles, filters, bias, output, choices, kernel);
                output += filters;
                if (choices) choices += filters;
            }
        }
    }
}

// MARK: Backward

/// One output with a gradient: for the input's gradient its filter, for the weight's its place in the image.
typedef struct { uint32_t place; float gradient; } entry;

/// t[r][...] += sum over the entries of gradient * s[place][r][...], for `count` rows of `vectors` times 16.
INLINE void accumulate_rows(
    float *target, size_t target_stride, const entry *entries, size_t entry_count, const float *source,
    size_t source_step, size_t source_stride, const int count, const int vectors
) {
    v16 sum[3][10];
    for (int r = 0; r < count; r++)
        for (int v = 0; v < vectors; v++) sum[r][v] = load16(target + r * target_stride + v * lanes);
    for (size_t e = 0; e < entry_count; e++) {
        const float *from = source + entries[e].place * source_step;
        v16 gradient = splat16(entries[e].gradient);
        for (int r = 0; r < count; r++)
            for (int v = 0; v < vectors; v++)
                sum[r][v] = fma16(gradient, load16(from + r * source_stride + v * lanes), sum[r][v]);
    }
    for (int r = 0; r < count; r++)
        for (int v = 0; v < vectors; v++) store16(target + r * target_stride + v * lanes, sum[r][v]);
}

/// The same for all rows of a kernel, kernel * C wide.
INLINE void accumulate_kernel(
    float *target, size_t target_stride, const entry *entries, size_t entry_count, const float *source,
    size_t source_step, size_t source_stride, size_t channels, const int kernel
) {
    if (entry_count == 0) return;
    size_t run = kernel * channels, at = 0;
#define ROWS(first, count, vectors)                                                                              \
    accumulate_rows(target + (first) * target_stride + at, target_stride, entries, entry_count,                  \
                    source + (first) * source_stride + at, source_step, source_stride, count, vectors)
    if (kernel == 3) {
        for (; at + 6 * lanes <= run; at += 6 * lanes) {
#if WIDE
            ROWS(0, 3, 6);
#else
            ROWS(0, 1, 6);
            ROWS(1, 1, 6);
            ROWS(2, 1, 6);
#endif
        }
        for (; at < run; at += 3 * lanes) {
            ROWS(0, 1, 3);
            ROWS(1, 1, 3);
            ROWS(2, 1, 3);
        }
    } else {
#if WIDE
        for (; at + 10 * lanes <= run; at += 10 * lanes) {
            ROWS(0, 2, 10);
            ROWS(2, 2, 10);
            ROWS(4, 1, 10);
        }
#endif
        for (; at < run; at += 5 * lanes) {
            for (int r = 0; r < 5; r++) ROWS(r, 1, 5);
        }
    }
#undef ROWS
}

INLINE void convolution_input_gradient(
    const fed_convolution *layer, const float *weight, const uint8_t *choices, const float *gradient, float *target,
    entry *lists, const int kernel
) {
    size_t channels = layer->channels, filters = layer->filters, stride = padded_width(layer) * channels;
    memset(target, 0, padded_count(layer) * sizeof(float));
    for (size_t y = 0; y < layer->pooled_height; y++) {
        for (size_t x = 0; x < layer->pooled_width; x++, choices += filters, gradient += filters) {
            size_t counts[FED_NO_CHOICE + 1] = {0};
            for (size_t f = 0; f < filters; f++) {
                size_t choice = choices[f];
                lists[choice * filters + counts[choice]] = (entry){(uint32_t)f, gradient[f]};
                counts[choice]++;
            }
            for (size_t corner = 0; corner < FED_NO_CHOICE; corner++) {
                float *at = target + (2 * y + corner / 2) * stride + (2 * x + corner % 2) * channels;
                accumulate_kernel(at, stride, lists + corner * filters, counts[corner], weight,
                                  kernel * kernel * channels, kernel * channels, channels, kernel);
            }
        }
    }
}

INLINE void convolution_weight_gradient(
    const fed_convolution *layer, const float *source, const uint8_t *choices, const float *gradient,
    float *weight_gradient, entry *lists, uint32_t *counts, const int kernel
) {
    size_t channels = layer->channels, filters = layer->filters, stride = padded_width(layer) * channels;
    size_t cells = layer->pooled_height * layer->pooled_width;
    memset(counts, 0, filters * sizeof(uint32_t));
    for (size_t y = 0; y < layer->pooled_height; y++) {
        for (size_t x = 0; x < layer->pooled_width; x++, choices += filters, gradient += filters) {
            uint32_t places[FED_NO_CHOICE + 1] = {0};
            for (size_t corner = 0; corner < FED_NO_CHOICE; corner++) {
                places[corner] = (uint32_t)((2 * y + corner / 2) * stride + (2 * x + corner % 2) * channels);
            }
            for (size_t f = 0; f < filters; f++) {
                size_t choice = choices[f];
                lists[f * (cells + 1) + counts[f]] = (entry){places[choice], gradient[f]};
                counts[f] += choice < FED_NO_CHOICE;
            }
        }
    }
    for (size_t f = 0; f < filters; f++) {
        accumulate_kernel(weight_gradient + f * kernel * kernel * channels, kernel * channels,
                          lists + f * (cells + 1), counts[f], source, 1, stride, channels, kernel);
    }
}

INLINE void convolution_backward_part(
    const fed_convolution *layer, size_t images, const float *input, const float *weight, const uint8_t *choices,
    const float *gradient, float *input_gradient, float *weight_gradient, float *scratch, const int kernel
) {
    size_t count = layer->height * layer->width * layer->channels, filters = layer->filters;
    size_t cells = layer->pooled_height * layer->pooled_width;
    float *padded = scratch;
    float *target = padded + padded_count(layer);
    uint32_t *counts = (uint32_t *)(target + padded_count(layer));
    entry *lists = (entry *)(counts + filters);
    for (size_t image = 0; image < images; image++) {
        const uint8_t *c = choices + image * cells * filters;
        const float *g = gradient + image * cells * filters;
        const float *source = pad(layer, input + image * count, padded);
        convolution_weight_gradient(layer, source, c, g, weight_gradient, lists, counts, kernel);
        if (!input_gradient) continue;
        float *wanted = input_gradient + image * count;
        convolution_input_gradient(layer, weight, c, g, layer->padding ? target : wanted, lists, kernel);
        if (layer->padding) {
            size_t line = layer->width * layer->channels, margin = layer->padding * layer->channels;
            for (size_t y = 0; y < layer->height; y++) {
                memcpy(wanted + y * line, target + (y + layer->padding) * (line + 2 * margin) + margin,
                       line * sizeof(float));
            }
        }
    }
}

// MARK: The functions of the table

static void VERSION(convolution_prepare)(
    const fed_convolution *layer, const float *weight, float *derived, float *scratch
) {
    if (layer->channels == 1) {
        memcpy(derived, weight, layer->kernel * layer->kernel * layer->filters * sizeof(float));
    } else if (layer->kernel == 3) {
        transform_weight(layer, weight, derived, scratch, 3);
    } else {
        transform_weight(layer, weight, derived, scratch, 5);
    }
}

static void VERSION(convolution_forward)(
    const fed_convolution *layer, size_t images, const float *input, const float *derived, const float *bias,
    float *output, uint8_t *choices, float *scratch
) {
    if (layer->channels == 1 && layer->kernel == 3) {
        first_forward(layer, images, input, derived, bias, output, choices, scratch, 3);
    } else if (layer->channels == 1) {
        first_forward(layer, images, input, derived, bias, output, choices, scratch, 5);
    } else if (layer->kernel == 3) {
        convolution_forward_part(layer, images, input, derived, bias, output, choices, scratch, 3);
    } else {
        convolution_forward_part(layer, images, input, derived, bias, output, choices, scratch, 5);
    }
}

static void VERSION(convolution_backward)(
    const fed_convolution *layer, size_t images, const float *input, const float *weight, const uint8_t *choices,
    const float *output_gradient, float *input_gradient, float *weight_gradient, float *bias_gradient,
    bool accumulate, float *scratch
) {
    size_t filters = layer->filters, cells = images * layer->pooled_height * layer->pooled_width;
    if (!accumulate) {
        memset(weight_gradient, 0, layer->kernel * layer->kernel * layer->channels * filters * sizeof(float));
        memset(bias_gradient, 0, filters * sizeof(float));
    }
    for (size_t f = 0; f < filters; f += lanes) {
        v16 sum = load16(bias_gradient + f);
        for (size_t cell = 0; cell < cells; cell++) {
            sum += pooled16(output_gradient + cell * filters + f, choices + cell * filters + f).gradient;
        }
        store16(bias_gradient + f, sum);
    }
    if (layer->channels == 1 && layer->kernel == 3) {
        first_backward(layer, images, input, choices, output_gradient, weight_gradient, scratch, 3);
    } else if (layer->channels == 1) {
        first_backward(layer, images, input, choices, output_gradient, weight_gradient, scratch, 5);
    } else if (layer->kernel == 3) {
        convolution_backward_part(layer, images, input, weight, choices, output_gradient, input_gradient,
                                  weight_gradient, scratch, 3);
    } else {
        convolution_backward_part(layer, images, input, weight, choices, output_gradient, input_gradient,
                                  weight_gradient, scratch, 5);
    }
}
