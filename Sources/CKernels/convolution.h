// The convolution of many channels with its pooling.
//
// Forward: the minimal filtering of Winograd (Lavin and Gray 2016, "Fast Algorithms for Convolutional Neural
// Networks"). F(2x2, 3x3) and F(2x2, 5x5), whose tile of outputs is the pooling window, have the points 0, 1, -1, and 2,
// -2 with the larger kernel, and infinity. F(4x4, 5x5), whose tile holds four windows, has 1/2 and -1/2 besides; it
// multiplies half as often, and rounds so much more that training would notice: of two nearly equal values of a window
// the other one is chosen now and then, and the gradient goes another way.
//
// Backward: at most one in four of the convolution's outputs has a gradient, those that the pooling chose and the ReLU
// let through. The input's gradient goes through them cell by cell, the weight's filter by filter.
#include "tiles.h"

enum {
    /// Tiles in the registers of the product.
    rows = 6,
    /// The largest patch and kernel, along one side.
    most_side = 8, most_kernel = 5, most_tile = 4,
};

/// The image with its zeros around it: a copy, or the image itself where there are none.
INLINE const float *pad(const fed_convolution *layer, const float *image, float *field) {
    size_t width = fed_field_width(layer), height = fed_field_height(layer);
    if (width == layer->width && height == layer->height) return image;
    size_t line = layer->width * layer->channels, stride = width * layer->channels;
    memset(field, 0, fed_field_count(layer) * sizeof(float));
    for (size_t y = 0; y < layer->height; y++) {
        memcpy(field + (y + layer->padding) * stride + layer->padding * layer->channels, image + y * line,
               line * sizeof(float));
    }
    return field;
}

// MARK: Transforms

/// One column of the weight's transform, G g.
INLINE void weight_line(const v16 *g, size_t step, v16 *u, size_t to, const int kernel, const int tile) {
    if (kernel == 3) {
        v16 ends = g[0] + g[2 * step];
        u[0] = g[0];
        u[to] = (ends + g[step]) * 0.5f;
        u[2 * to] = (ends - g[step]) * 0.5f;
        u[3 * to] = g[2 * step];
    } else {
        // The polynomial with these coefficients at each point, even and odd powers apart.
        v16 even = g[0] + g[2 * step] + g[4 * step], odd = g[step] + g[3 * step];
        v16 far = fma16(splat16(16), g[4 * step], fma16(splat16(4), g[2 * step], g[0]));
        v16 farodd = fma16(splat16(8), g[3 * step], g[step] + g[step]);
        if (tile == 2) {
            u[0] = g[0] * 0.25f;
            u[to] = (even + odd) * (-1.0f / 6);
            u[2 * to] = (even - odd) * (-1.0f / 6);
            u[3 * to] = (far + farodd) * (1.0f / 24);
            u[4 * to] = (far - farodd) * (1.0f / 24);
            u[5 * to] = g[4 * step];
        } else {
            v16 near = fma16(splat16(16), g[0], fma16(splat16(4), g[2 * step], g[4 * step]));
            v16 nearodd = fma16(splat16(8), g[step], g[3 * step] + g[3 * step]);
            u[0] = g[0];
            u[to] = (even + odd) * (-2.0f / 9);
            u[2 * to] = (even - odd) * (-2.0f / 9);
            u[3 * to] = (far + farodd) * (1.0f / 90);
            u[4 * to] = (far - farodd) * (1.0f / 90);
            u[5 * to] = (near + nearodd) * (2.0f / 45);
            u[6 * to] = (near - nearodd) * (2.0f / 45);
            u[7 * to] = g[4 * step];
        }
    }
}

/// One column of the input's transform, B^T d.
INLINE void input_line(const v16 *d, size_t step, v16 *v, size_t to, const int kernel, const int tile) {
    if (kernel == 3) {
        v[0] = d[0] - d[2 * step];
        v[to] = d[step] + d[2 * step];
        v[2 * to] = d[2 * step] - d[step];
        v[3 * to] = d[step] - d[3 * step];
    } else if (tile == 2) {
        v16 a = fma16(splat16(-4), d[2 * step], d[4 * step]), b = fma16(splat16(-4), d[step], d[3 * step]);
        v16 c = d[4 * step] - d[2 * step], e = (d[3 * step] - d[step]) * 2.0f;
        v[0] = fma16(splat16(4), d[0], fma16(splat16(-5), d[2 * step], d[4 * step]));
        v[to] = a + b;
        v[2 * to] = a - b;
        v[3 * to] = c + e;
        v[4 * to] = c - e;
        v[5 * to] = fma16(splat16(4), d[step], fma16(splat16(-5), d[3 * step], d[5 * step]));
    } else {
        v16 one = fma16(splat16(-4.25f), d[4 * step], d[2 * step] + d[6 * step]);
        v16 oneodd = fma16(splat16(-4.25f), d[3 * step], d[step] + d[5 * step]);
        v16 two = fma16(splat16(0.25f), d[2 * step], fma16(splat16(-1.25f), d[4 * step], d[6 * step]));
        v16 twoodd = fma16(splat16(0.5f), d[step], fma16(splat16(-2.5f), d[3 * step], d[5 * step] + d[5 * step]));
        v16 half = fma16(splat16(4), d[2 * step], fma16(splat16(-5), d[4 * step], d[6 * step]));
        v16 halfodd = fma16(splat16(0.5f), d[5 * step], fma16(splat16(-2.5f), d[3 * step], d[step] + d[step]));
        v[0] = fma16(splat16(5.25f), d[4 * step] - d[2 * step], d[0] - d[6 * step]);
        v[to] = one + oneodd;
        v[2 * to] = one - oneodd;
        v[3 * to] = two + twoodd;
        v[4 * to] = two - twoodd;
        v[5 * to] = half + halfodd;
        v[6 * to] = half - halfodd;
        v[7 * to] = fma16(splat16(5.25f), d[3 * step] - d[5 * step], d[7 * step] - d[step]);
    }
}

/// One column of the output's transform, A^T m: two values, or four.
INLINE void output_line(const v16 *m, size_t step, v16 *y, size_t to, const int kernel, const int tile) {
    if (kernel == 3) {
        y[0] = (m[0] + m[step]) + m[2 * step];
        y[to] = (m[step] - m[2 * step]) - m[3 * step];
    } else if (tile == 2) {
        y[0] = m[0] + ((m[step] + m[2 * step]) + (m[3 * step] + m[4 * step]));
        y[to] = fma16(splat16(2), m[3 * step] - m[4 * step], m[step] - m[2 * step]) + m[5 * step];
    } else {
        v16 one = m[step] + m[2 * step], oneodd = m[step] - m[2 * step];
        v16 two = m[3 * step] + m[4 * step], twoodd = m[3 * step] - m[4 * step];
        v16 half = m[5 * step] + m[6 * step], halfodd = m[5 * step] - m[6 * step];
        y[0] = (m[0] + one) + (two + half);
        y[to] = fma16(splat16(2), twoodd, fma16(splat16(0.5f), halfodd, oneodd));
        y[2 * to] = fma16(splat16(4), two, fma16(splat16(0.25f), half, one));
        y[3 * to] = fma16(splat16(8), twoodd, fma16(splat16(0.125f), halfodd, oneodd)) + m[7 * step];
    }
}

/// [F, kh, kw, C] -> [points, C, F], transformed.
INLINE void transform_weight(
    const fed_convolution *layer, const float *weight, float *derived, float *scratch, const int kernel,
    const int tile
) {
    const int side = tile + kernel - 1, area = kernel * kernel;
    size_t channels = layer->channels, filters = layer->filters, stride = fed_point_stride(channels * filters);
    for (size_t f = 0; f < filters; f += lanes) {
        for (size_t c = 0; c < channels; c += lanes) {
            for (int tap = 0; tap < area; tap++) {
                transpose16(weight + (f * area + tap) * channels + c, area * channels, scratch + tap * 256, lanes);
            }
            for (int i = 0; i < lanes; i++) {
                float *to = derived + (c + i) * filters + f;
                v16 g[most_kernel * most_kernel], half[most_side * most_kernel], u[most_side * most_side];
                for (int tap = 0; tap < area; tap++) g[tap] = load16(scratch + tap * 256 + i * lanes);
                for (int x = 0; x < kernel; x++) weight_line(g + x, kernel, half + x, kernel, kernel, tile);
                for (int y = 0; y < side; y++) weight_line(half + y * kernel, 1, u + y * side, 1, kernel, tile);
                for (int p = 0; p < side * side; p++) store16(to + p * stride, u[p]);
            }
        }
    }
}

/// The patch of one tile -> its place in [points, tiles, C].
INLINE void transform_input(
    const float *patch, size_t stride, size_t channels, float *transformed, size_t point_stride, const int kernel,
    const int tile
) {
    const int side = tile + kernel - 1;
    for (size_t c = 0; c < channels; c += lanes) {
        v16 half[most_side * most_side];
        for (int y = 0; y < side; y++) {
            v16 d[most_side];
            for (int x = 0; x < side; x++) d[x] = load16(patch + y * stride + x * channels + c);
            input_line(d, 1, half + y * side, 1, kernel, tile);
        }
        for (int x = 0; x < side; x++) {
            v16 v[most_side];
            input_line(half + x, side, v, 1, kernel, tile);
            for (int y = 0; y < side; y++) store16(transformed + (y * side + x) * point_stride + c, v[y]);
        }
    }
}

/// One tile of [points, tiles, F] -> its pooled cells, `across` and `down` of them, in lines of `line` floats.
INLINE void transform_output(
    const float *product, size_t point_stride, size_t filters, const float *bias, float *output, uint8_t *choices,
    size_t line, size_t across, size_t down, const int kernel, const int tile
) {
    const int side = tile + kernel - 1;
    for (size_t f = 0; f < filters; f += lanes) {
        v16 half[most_side * most_tile], y[most_tile * most_tile];
        for (int row = 0; row < side; row++) {
            v16 m[most_side];
            for (int x = 0; x < side; x++) m[x] = load16(product + (row * side + x) * point_stride + f);
            output_line(m, 1, half + row * tile, 1, kernel, tile);
        }
        for (int x = 0; x < tile; x++) output_line(half + x, tile, y + x, tile, kernel, tile);
        for (size_t v = 0; v < down; v++) {
            for (size_t h = 0; h < across; h++) {
                const v16 *window = y + 2 * v * tile + 2 * h;
                size_t at = v * line + h * filters + f;
                finish16(largest16(window[0], window[1], window[tile], window[tile + 1]), load16(bias + f), output + at,
                         choices ? choices + at : NULL);
            }
        }
    }
}

// MARK: Product

/// `count` tiles times `groups` times 16 filters: c [tiles, F] = a [tiles, C] * b [C, F].
INLINE void multiply_part(
    const float *a, const float *b, float *c, size_t channels, size_t filters, const int count, const int groups
) {
    v16 sum[6][4];
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
    case 5: multiply_tiles(a, b, c, channels, filters, 5); break;
    }
}

/// A tile of one of the images.
typedef struct { size_t image, y, x; } place;

INLINE void next_place(place *at, size_t down, size_t across) {
    if (++at->x < across) return;
    at->x = 0;
    if (++at->y < down) return;
    at->y = 0;
    at->image++;
}

INLINE void convolution_forward_part(
    const fed_convolution *layer, size_t images, const float *input, const float *derived, const float *bias,
    float *output, uint8_t *choices, float *scratch, const int kernel, const int tile
) {
    const size_t cells = tile / 2, points = (tile + kernel - 1) * (tile + kernel - 1);
    size_t channels = layer->channels, filters = layer->filters;
    size_t stride = fed_field_width(layer) * channels, line = layer->pooled_width * filters;
    size_t across = fed_tiles_along(layer, layer->pooled_width), down = fed_tiles_along(layer, layer->pooled_height);
    const size_t in_stride = fed_point_stride(fed_tile_block * channels);
    const size_t out_stride = fed_point_stride(fed_tile_block * filters);
    const size_t weight_stride = fed_point_stride(channels * filters);
    float *transformed = scratch;
    float *product = transformed + points * in_stride;
    float *field = product + points * out_stride;
    const float *source = NULL;
    place from = {0}, to = {0};
    for (size_t left = images * across * down; left > 0;) {
        size_t tiles = left < fed_tile_block ? left : fed_tile_block;
        for (size_t t = 0; t < tiles; t++, next_place(&from, down, across)) {
            if (from.x == 0 && from.y == 0) {
                source = pad(layer, input + from.image * layer->height * layer->width * channels, field);
            }
            transform_input(source + from.y * tile * stride + from.x * tile * channels, stride, channels,
                            transformed + t * channels, in_stride, kernel, tile);
        }
        for (size_t p = 0; p < points; p++) {
            multiply(transformed + p * in_stride, derived + p * weight_stride,
                     product + p * out_stride, tiles, channels, filters);
        }
        for (size_t t = 0; t < tiles; t++, next_place(&to, down, across)) {
            size_t y = to.y * cells, x = to.x * cells;
            size_t at = (to.image * layer->pooled_height + y) * line + x * filters;
            size_t below = layer->pooled_height - y, beside = layer->pooled_width - x;
            transform_output(product + t * filters, out_stride, filters, bias, output + at, choices ? choices + at : NULL,
                             line, beside < cells ? beside : cells, below < cells ? below : cells, kernel, tile);
        }
        left -= tiles;
    }
}

// MARK: Backward

/// Outputs with a gradient: for the input's gradient where their filters begin, for the weight's their places in the
/// image; in floats.
typedef struct { uint32_t *places; float *gradients; } list;

INLINE list list_at(list from, size_t offset) { return (list){from.places + offset, from.gradients + offset}; }

/// t[r] += sum over the entries of gradient * s[place][r], for `count` rows of `vectors` times 16.
INLINE void accumulate_rows(
    float *target, size_t target_stride, list entries, size_t entry_count, const float *source, size_t source_stride,
    const int count, const int vectors
) {
    v16 sum[3][10];
    for (int r = 0; r < count; r++)
        for (int v = 0; v < vectors; v++) sum[r][v] = load16(target + r * target_stride + v * lanes);
    for (size_t e = 0; e < entry_count; e++) {
        const float *from = source + entries.places[e];
        v16 gradient = splat16(entries.gradients[e]);
        for (int r = 0; r < count; r++)
            for (int v = 0; v < vectors; v++)
                sum[r][v] = fma16(gradient, load16(from + r * source_stride + v * lanes), sum[r][v]);
    }
    for (int r = 0; r < count; r++)
        for (int v = 0; v < vectors; v++) store16(target + r * target_stride + v * lanes, sum[r][v]);
}

/// The same for all rows of a kernel, each `run` floats long.
INLINE void accumulate_kernel(
    float *target, size_t target_stride, list entries, size_t entry_count, const float *source, size_t source_stride,
    size_t run, const int kernel
) {
    if (entry_count == 0) return;
    size_t at = 0;
#define ROWS(first, count, vectors)                                                                              \
    accumulate_rows(target + (first) * target_stride + at, target_stride, entries, entry_count,                  \
                    source + (first) * source_stride + at, source_stride, count, vectors)
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

/// A cell's gradients, sorted by what the pooling chose: [choice][F], and how many of each. What is 0 after the ReLU
/// comes last.
INLINE void sort_cell(
    const uint8_t *choices, const float *gradient, size_t filters, uint32_t place_step, list lists, size_t *counts
) {
#if WIDE
    for (size_t f = 0; f < filters; f += lanes) {
        b16 bytes;
        memcpy(&bytes, choices + f, sizeof bytes);
        i16 choice = __builtin_convertvector(bytes, i16);
        i16 places = (splati16((int32_t)f) + (i16){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
            * splati16((int32_t)place_step);
        v16 gradients = load16(gradient + f);
        for (int c = 0; c < FED_NO_CHOICE; c++) {
            list to = list_at(lists, c * filters + counts[c]);
            counts[c] += compress16(choice == splati16(c), places, gradients, to.places, to.gradients);
        }
    }
#else
    for (size_t f = 0; f < filters; f++) {
        size_t choice = choices[f];
        size_t at = choice * filters + counts[choice]++;
        lists.places[at] = (uint32_t)f * place_step;
        lists.gradients[at] = gradient[f];
    }
#endif
}

INLINE void convolution_input_gradient(
    const fed_convolution *layer, const float *weight, const uint8_t *choices, const float *gradient, float *target,
    list lists, const int kernel
) {
    size_t channels = layer->channels, filters = layer->filters, stride = fed_field_width(layer) * channels;
    memset(target, 0, fed_field_count(layer) * sizeof(float));
    for (size_t y = 0; y < layer->pooled_height; y++) {
        for (size_t x = 0; x < layer->pooled_width; x++, choices += filters, gradient += filters) {
            size_t counts[FED_NO_CHOICE + 1] = {0};
            sort_cell(choices, gradient, filters, (uint32_t)(kernel * kernel * channels), lists, counts);
            for (size_t corner = 0; corner < FED_NO_CHOICE; corner++) {
                float *at = target + (2 * y + corner / 2) * stride + (2 * x + corner % 2) * channels;
                accumulate_kernel(at, stride, list_at(lists, corner * filters), counts[corner], weight,
                                  kernel * channels, kernel * channels, kernel);
            }
        }
    }
}

INLINE void convolution_weight_gradient(
    const fed_convolution *layer, const float *source, const uint8_t *choices, const float *gradient,
    float *weight_gradient, list lists, uint32_t *counts, const int kernel
) {
    size_t channels = layer->channels, filters = layer->filters, stride = fed_field_width(layer) * channels;
    size_t cells = layer->pooled_height * layer->pooled_width;
    memset(counts, 0, filters * sizeof(uint32_t));
    for (size_t y = 0; y < layer->pooled_height; y++) {
        for (size_t x = 0; x < layer->pooled_width; x++, choices += filters, gradient += filters) {
            uint32_t places[FED_NO_CHOICE + 1] = {0};
            for (size_t corner = 0; corner < FED_NO_CHOICE; corner++) {
                places[corner] = (uint32_t)((2 * y + corner / 2) * stride + (2 * x + corner % 2) * channels);
            }
            for (size_t f = 0; f < filters; f++) {
                size_t choice = choices[f], at = f * (cells + 1) + counts[f];
                lists.places[at] = places[choice];
                lists.gradients[at] = gradient[f];
                counts[f] += choice < FED_NO_CHOICE;
            }
        }
    }
    for (size_t f = 0; f < filters; f++) {
        accumulate_kernel(weight_gradient + f * kernel * kernel * channels, kernel * channels,
                          list_at(lists, f * (cells + 1)), counts[f], source, stride, kernel * channels, kernel);
    }
}

INLINE void convolution_backward_part(
    const fed_convolution *layer, size_t images, const float *input, const float *weight, const uint8_t *choices,
    const float *gradient, float *input_gradient, float *weight_gradient, float *scratch, const int kernel
) {
    size_t count = layer->height * layer->width * layer->channels, filters = layer->filters;
    size_t cells = layer->pooled_height * layer->pooled_width;
    float *field = scratch;
    uint32_t *counts = (uint32_t *)(field + fed_field_count(layer));
    list lists = {counts + filters, (float *)(counts + filters + fed_list_count(layer))};
    for (size_t image = 0; image < images; image++) {
        const uint8_t *c = choices + image * cells * filters;
        const float *g = gradient + image * cells * filters;
        const float *source = pad(layer, input + image * count, field);
        convolution_weight_gradient(layer, source, c, g, weight_gradient, lists, counts, kernel);
        if (!input_gradient) continue;
        float *wanted = input_gradient + image * count;
        // The image itself is not to be written to; its copy is not needed any more.
        bool isField = source == field;
        convolution_input_gradient(layer, weight, c, g, isField ? field : wanted, lists, kernel);
        size_t line = layer->width * layer->channels, stride = fed_field_width(layer) * layer->channels;
        for (size_t y = 0; isField && y < layer->height; y++) {
            memcpy(wanted + y * line, field + (y + layer->padding) * stride + layer->padding * layer->channels,
                   line * sizeof(float));
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
        transform_weight(layer, weight, derived, scratch, 3, 2);
    } else if (layer->tile == 2) {
        transform_weight(layer, weight, derived, scratch, 5, 2);
    } else {
        transform_weight(layer, weight, derived, scratch, 5, 4);
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
        convolution_forward_part(layer, images, input, derived, bias, output, choices, scratch, 3, 2);
    } else if (layer->tile == 2) {
        convolution_forward_part(layer, images, input, derived, bias, output, choices, scratch, 5, 2);
    } else {
        convolution_forward_part(layer, images, input, derived, bias, output, choices, scratch, 5, 4);
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
