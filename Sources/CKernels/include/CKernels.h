/// The arithmetic of a training step, in one version for each kind of processor and chosen at run time.
///
/// Every version gives the same bits: each result is a chain of fused multiply-adds in an order that is part of its
/// definition, sums over the lanes of a vector are taken in a fixed tree of 16, and no function of the system's
/// mathematics library takes part. Values between layers lie as [N, H, W, C]. NaNs are alike only in being NaN.
///
/// No function here checks its arguments: Learning, which alone calls them, does.
#ifndef FED_CKERNELS_H
#define FED_CKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A convolution of stride 1, its bias, a ReLU and a 2x2 max-pooling as one layer.
///
/// The weight is [kh, kw, F] for one channel and [F, kh, kw, C] for more.
typedef struct fed_convolution {
    /// Of the input, without padding.
    size_t height, width;
    /// 1, or a multiple of 16.
    size_t channels;
    /// A multiple of 16.
    size_t filters;
    /// The side of the kernel: 3 or 5.
    size_t kernel;
    /// Zeros around the input, on each side.
    size_t padding;
    /// The side of the tiles in which more channels than one are convolved: 2, or 4 with a kernel of 5. That is twice as
    /// fast and rounds more: meant for inference.
    size_t tile;
    /// Of the output: half of the convolution's, rounded down; at least 1.
    size_t pooled_height, pooled_width;
} fed_convolution;

/// What the backward pass of a dense layer does with a gradient g of the target t.
typedef enum fed_update {
    /// t = g
    fed_update_set,
    /// t = t + g
    fed_update_add,
    /// t = keep * t - rate * g, plus a constant where there is one
    fed_update_step,
} fed_update;

/// Sums over a batch.
typedef struct fed_loss {
    /// Of the cross-entropies; not finite when a logit is not.
    double loss;
    /// How many examples have their largest logit, the first of equal ones, at their label.
    size_t correct;
} fed_loss;

/// The choice of a pooled cell that the ReLU made 0; those below it number the window's values in reading order.
#define FED_NO_CHOICE 4

/// One version of all kernels.
typedef struct fed_kernels {
    /// For example `AVX-512`.
    const char *name;

    /// values[i] = bytes[i] / 255.
    void (*bytes_to_values)(size_t count, const uint8_t *bytes, float *values);

    /// to [columns, rows] = from [rows, columns], transposed.
    void (*transpose)(size_t rows, size_t columns, const float *from, float *to);

    /// Makes the copy of the weight that `convolution_forward` reads; `fed_derived_count` floats.
    void (*convolution_prepare)(const fed_convolution *layer, const float *weight, float *derived, float *scratch);

    /// output [N, H', W', F]; choices, as many bytes as output, may be NULL.
    void (*convolution_forward)(
        const fed_convolution *layer, size_t images, const float *input, const float *derived, const float *bias,
        float *output, uint8_t *choices, float *scratch);

    /// The gradients of input (unless NULL; never with one channel), weight and bias. `accumulate` adds to those of
    /// weight and bias instead of setting them.
    void (*convolution_backward)(
        const fed_convolution *layer, size_t images, const float *input, const float *weight, const uint8_t *choices,
        const float *output_gradient, float *input_gradient, float *weight_gradient, float *bias_gradient,
        bool accumulate, float *scratch);

    /// output [N, outputs] = input [N, inputs] * transposed weight [outputs, inputs] + bias.
    void (*dense_forward)(
        size_t examples, size_t inputs, size_t outputs, const float *input, const float *weight, const float *bias,
        float *output);

    /// The gradient of input (unless NULL), formed from the weight as it was, and what `update` makes of those of
    /// weight and bias. With `fed_update_step` the targets are the weight and the bias themselves, and the constants
    /// are added to them unless NULL.
    void (*dense_backward)(
        size_t examples, size_t inputs, size_t outputs, const float *input, const float *weight,
        const float *output_gradient, float *input_gradient, float *weight_target, float *bias_target,
        const float *weight_constant, const float *bias_constant, fed_update update, float keep, float rate);

    /// The sum of the squares.
    double (*squared_norm)(size_t count, const float *values);

    /// values = factor * values.
    void (*scale)(size_t count, float *values, float factor);

    /// parameters = keep * parameters - rate * gradient, plus the constant unless NULL.
    void (*step)(
        size_t count, float *parameters, const float *gradient, const float *constant, float keep, float rate);

    /// velocity = momentum * velocity + g, with g = gradient (+ constant, unless NULL) + decay * parameters;
    /// parameters = parameters - rate * velocity.
    void (*momentum_step)(
        size_t count, float *parameters, float *velocity, const float *gradient, const float *constant, float rate,
        float momentum, float decay);

    /// Adam with the same g: mean and square are its moments, `rate` and `root_scale` hold the corrections of their
    /// bias; parameters = parameters - rate * mean / (sqrt(square) * root_scale + epsilon).
    void (*adam_step)(
        size_t count, float *parameters, float *mean, float *square, const float *gradient, const float *constant,
        float rate, float beta1, float beta2, float root_scale, float epsilon, float decay);

    /// Adds to sums [rows, rows], where column <= row, the inner products of rows of `count` values that begin `stride`
    /// apart. In double precision, where no product is rounded: 256 columns at a time, of which each lane of eight adds its
    /// own. `scratch` holds 256 doubles a row.
    void (*inner_products)(
        size_t rows, size_t count, const float *values, size_t stride, double *sums, double *scratch);

    /// Sorts each of `count` columns, ascending; rows begin `stride` apart. `scratch` holds 16 floats a row. No value is a
    /// NaN.
    void (*sort_columns)(size_t rows, size_t count, float *values, size_t stride, float *scratch);

    /// The cross-entropy of the labels under the softmax of the logits [N, classes], and, unless NULL, its gradient
    /// times `scale`.
    fed_loss (*softmax_cross_entropy)(
        size_t examples, size_t classes, const float *logits, const uint8_t *labels, double scale, float *gradient);
} fed_kernels;

/// How many versions this processor can run.
size_t fed_kernels_count(void);
/// The version at a place, the fastest first; the last is the plain one, which every processor runs.
const fed_kernels *fed_kernels_at(size_t index);

/// Floats that `convolution_prepare` writes.
size_t fed_derived_count(const fed_convolution *layer);
/// Floats of scratch memory that the convolution's functions need, beginning at a multiple of 64 bytes.
size_t fed_scratch_count(const fed_convolution *layer);

/// For tests: e to the power of x, x <= 0, and the natural logarithm of x >= 1, as the kernels compute them.
double fed_exp(double x);
double fed_log(double x);

#endif
