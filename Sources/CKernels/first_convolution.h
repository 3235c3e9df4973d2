// The convolution of one channel with its pooling: direct, with the filters in the lanes.
//
// A pooled cell whose whole patch of the image is 0, half of them in MNIST, is the bias and adds nothing to the
// weight's gradient.

enum {
    /// Floats that may be read beyond a row of the patch.
    slack = 8,
};

INLINE size_t first_stride(const fed_convolution *layer) { return layer->width + 2 * layer->padding + slack; }
INLINE size_t first_rows(const fed_convolution *layer) { return layer->height + 2 * layer->padding; }

/// Puts one image into the padded copy, and bit x of row y's mask is set where it is not 0. Masks of images of more
/// than 64 columns are all ones: nothing is skipped.
INLINE void first_pad(const fed_convolution *layer, const float *image, float *padded, uint64_t *masks) {
    size_t stride = first_stride(layer), rows = first_rows(layer), columns = layer->width + 2 * layer->padding;
    memset(padded, 0, rows * stride * sizeof(float));
    for (size_t y = 0; y < layer->height; y++) {
        memcpy(padded + (y + layer->padding) * stride + layer->padding, image + y * layer->width,
               layer->width * sizeof(float));
    }
    for (size_t y = 0; y < rows; y++) {
        uint64_t mask = 0;
        if (columns > 64) {
            mask = ~(uint64_t)0;
        } else {
            const float *row = padded + y * stride;
            size_t x = 0;
            for (; x + lanes <= columns; x += lanes) mask |= (uint64_t)nonzero16(load16(row + x)) << x;
            if (x < columns) mask |= (uint64_t)nonzero16(loadpart16(row + x, columns - x)) << x;
        }
        masks[y] = mask;
    }
}

/// The columns that are not 0 in any of the rows of the cells of one row.
INLINE uint64_t first_row_mask(const uint64_t *masks, const int kernel) {
    uint64_t mask = 0;
    for (int y = 0; y <= kernel; y++) mask |= masks[y];
    return mask;
}

/// Whether the patch of the cell in column x is 0.
INLINE bool first_is_empty(const fed_convolution *layer, uint64_t mask, size_t x, const int kernel) {
    return layer->width + 2 * layer->padding <= 64 && ((mask >> 2 * x) & (((uint64_t)2 << kernel) - 1)) == 0;
}

/// `groups` times 16 filters of one cell.
INLINE void first_cell(
    const float *patch, size_t stride, const float *weight, size_t filters, const float *bias, float *output,
    uint8_t *choices, const int kernel, const int groups
) {
    v16 sum[2][4];
    for (int g = 0; g < groups; g++)
        for (int corner = 0; corner < 4; corner++) sum[g][corner] = (v16){0};
#pragma clang loop unroll(full)
    for (int ky = 0; ky < kernel; ky++) {
#pragma clang loop unroll(full)
        for (int kx = 0; kx < kernel; kx++) {
            const float *tap = weight + (size_t)(ky * kernel + kx) * filters;
            const float *at = patch + ky * stride + kx;
            for (int g = 0; g < groups; g++) {
                v16 w = load16(tap + g * lanes);
                sum[g][0] = fma16(splat16(at[0]), w, sum[g][0]);
                sum[g][1] = fma16(splat16(at[1]), w, sum[g][1]);
                sum[g][2] = fma16(splat16(at[stride]), w, sum[g][2]);
                sum[g][3] = fma16(splat16(at[stride + 1]), w, sum[g][3]);
            }
        }
    }
    for (int g = 0; g < groups; g++) {
        finish16(largest16(sum[g][0], sum[g][1], sum[g][2], sum[g][3]), load16(bias + g * lanes), output + g * lanes,
                 choices ? choices + g * lanes : NULL);
    }
}

INLINE void first_forward(
    const fed_convolution *layer, size_t images, const float *input, const float *weight, const float *bias,
    float *output, uint8_t *choices, float *scratch, const int kernel
) {
    size_t stride = first_stride(layer), filters = layer->filters;
    uint64_t *masks = (uint64_t *)scratch;
    float *padded = scratch + 2 * first_rows(layer);
    for (size_t image = 0; image < images; image++) {
        first_pad(layer, input + image * layer->height * layer->width, padded, masks);
        for (size_t y = 0; y < layer->pooled_height; y++) {
            uint64_t mask = first_row_mask(masks + 2 * y, kernel);
            for (size_t x = 0; x < layer->pooled_width; x++) {
                if (first_is_empty(layer, mask, x, kernel)) {
                    for (size_t f = 0; f < filters; f += lanes) {
                        finish16((largest){{0}, {0}}, load16(bias + f), output + f, choices ? choices + f : NULL);
                    }
                } else {
                    const float *patch = padded + 2 * y * stride + 2 * x;
                    size_t f = 0;
#if WIDE
                    for (; f + 2 * lanes <= filters; f += 2 * lanes) {
                        first_cell(patch, stride, weight + f, filters, bias + f, output + f,
                                   choices ? choices + f : NULL, kernel, 2);
                    }
#endif
                    for (; f < filters; f += lanes) {
                        first_cell(patch, stride, weight + f, filters, bias + f, output + f,
                                   choices ? choices + f : NULL, kernel, 1);
                    }
                }
                output += filters;
                if (choices) choices += filters;
            }
        }
    }
}

/// Kernel rows `first` up to `last` of the weight's gradient, from one image, for 16 filters.
INLINE void first_weight_gradient(
    const fed_convolution *layer, const float *padded, const uint64_t *masks, const float *gradient,
    const uint8_t *choices, float *weight_gradient, const int kernel, const int first, const int last
) {
    size_t stride = first_stride(layer), filters = layer->filters;
    v16 sum[5][5];
    for (int ky = first; ky < last; ky++)
        for (int kx = 0; kx < kernel; kx++)
            sum[ky][kx] = load16(weight_gradient + (size_t)(ky * kernel + kx) * filters);
    for (size_t y = 0; y < layer->pooled_height; y++) {
        uint64_t mask = first_row_mask(masks + 2 * y, kernel);
        for (size_t x = 0; x < layer->pooled_width; x++, gradient += filters, choices += filters) {
            if (first_is_empty(layer, mask, x, kernel)) continue;
            pooled cell = pooled16(gradient, choices);
            // The place of the chosen corner in two rows of 8.
            i16 place = ((cell.choice & splati16(2)) << 2) + (cell.choice & splati16(1));
            const float *patch = padded + 2 * y * stride + 2 * x;
#pragma clang loop unroll(full)
            for (int ky = first; ky < last; ky++) {
                const float *row = patch + ky * stride;
#pragma clang loop unroll(full)
                for (int kx = 0; kx < kernel; kx++) {
                    sum[ky][kx] = fma16(cell.gradient, pick16(row, row + stride, place + splati16(kx)), sum[ky][kx]);
                }
            }
        }
    }
    for (int ky = first; ky < last; ky++)
        for (int kx = 0; kx < kernel; kx++)
            store16(weight_gradient + (size_t)(ky * kernel + kx) * filters, sum[ky][kx]);
}

INLINE void first_backward(
    const fed_convolution *layer, size_t images, const float *input, const uint8_t *choices, const float *gradient,
    float *weight_gradient, float *scratch, const int kernel
) {
    size_t filters = layer->filters, cells = layer->pooled_height * layer->pooled_width;
    uint64_t *masks = (uint64_t *)scratch;
    float *padded = scratch + 2 * first_rows(layer);
    for (size_t image = 0; image < images; image++) {
        first_pad(layer, input + image * layer->height * layer->width, padded, masks);
        for (size_t f = 0; f < filters; f += lanes) {
            const float *g = gradient + image * cells * filters + f;
            const uint8_t *c = choices + image * cells * filters + f;
#if WIDE
            first_weight_gradient(layer, padded, masks, g, c, weight_gradient + f, kernel, 0, kernel);
#else
            first_weight_gradient(layer, padded, masks, g, c, weight_gradient + f, kernel, 0, 1);
            first_weight_gradient(layer, padded, masks, g, c, weight_gradient + f, kernel, 1, 2);
            first_weight_gradient(layer, padded, masks, g, c, weight_gradient + f, kernel, 2, 3);
            if (kernel == 5) {
                first_weight_gradient(layer, padded, masks, g, c, weight_gradient + f, kernel, 3, 4);
                first_weight_gradient(layer, padded, masks, g, c, weight_gradient + f, kernel, 4, 5);
            }
#endif
        }
    }
}
