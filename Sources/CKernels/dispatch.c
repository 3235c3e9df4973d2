#include "CKernels.h"
#include "tiles.h"

extern const fed_kernels fed_kernels_plain;
#if defined(__x86_64__)
extern const fed_kernels fed_kernels_avx2, fed_kernels_avx512;

static bool has_avx2(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

static bool has_avx512(void) {
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

size_t fed_kernels_count(void) { return 1 + has_avx2() + has_avx512(); }

const fed_kernels *fed_kernels_at(size_t index) {
    const fed_kernels *versions[3];
    size_t count = 0;
    if (has_avx512()) versions[count++] = &fed_kernels_avx512;
    if (has_avx2()) versions[count++] = &fed_kernels_avx2;
    versions[count++] = &fed_kernels_plain;
    return versions[index < count ? index : count - 1];
}
#else
size_t fed_kernels_count(void) { return 1; }

const fed_kernels *fed_kernels_at(size_t index) {
    (void)index;
    return &fed_kernels_plain;
}
#endif

size_t fed_derived_count(const fed_convolution *layer) {
    if (layer->channels == 1) return layer->kernel * layer->kernel * layer->filters;
    size_t points = fed_patch_side(layer) * fed_patch_side(layer);
    return points * fed_point_stride(layer->channels * layer->filters);
}

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

size_t fed_scratch_count(const fed_convolution *layer) {
    // first_convolution.h: masks of 64 bits, and rows that may be read 8 floats beyond their end, and one more of them.
    if (layer->channels == 1) {
        size_t width = layer->width + 2 * layer->padding, height = layer->height + 2 * layer->padding;
        return 2 * height + height * (width + 8) + 16;
    }
    // convolution.h: a block of tiles, transformed, and their product, and the image; or the image and the lists; or the
    // transposed taps of the weight.
    size_t points = fed_patch_side(layer) * fed_patch_side(layer);
    size_t image = fed_field_count(layer);
    size_t forward = points * fed_point_stride(fed_tile_block * layer->channels)
        + points * fed_point_stride(fed_tile_block * layer->filters) + image;
    size_t backward = image + layer->filters + 2 * fed_list_count(layer);
    size_t weight = 256 * layer->kernel * layer->kernel;
    return larger(larger(forward, backward), weight);
}
