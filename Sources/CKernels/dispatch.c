#include "CKernels.h"

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
    size_t side = layer->channels == 1 ? layer->kernel : layer->kernel + 1;
    return side * side * layer->channels * layer->filters;
}

size_t fed_scratch_count(const fed_convolution *layer) {
    size_t width = layer->width + 2 * layer->padding, height = layer->height + 2 * layer->padding;
    // first_convolution.h: masks of 64 bits, and rows that may be read 8 floats beyond their end, and one more of them.
    if (layer->channels == 1) return 2 * height + height * (width + 8) + 16;
    // convolution.h: 10 tiles transformed and their product, and the padded image; or two padded images and the lists;
    // or the transposed taps of the weight.
    size_t points = (layer->kernel + 1) * (layer->kernel + 1);
    size_t image = width * height * layer->channels;
    size_t cells = layer->pooled_height * layer->pooled_width;
    size_t forward = points * 10 * (layer->channels + layer->filters) + image;
    size_t lists = 2 * layer->filters * (cells + 1 > 5 ? cells + 1 : 5);
    size_t backward = 2 * image + layer->filters + lists;
    size_t weight = 256 * layer->kernel * layer->kernel;
    size_t most = forward > backward ? forward : backward;
    return most > weight ? most : weight;
}
