// One version of all kernels; the file that includes this has defined VERSION and NAME.
#include "common.h"
#include "first_convolution.h"
#include "convolution.h"
#include "step.h"
#include "dense.h"
#include "loss.h"
#include "transpose.h"
#include "rows.h"

const fed_kernels VERSION(fed_kernels) = {
    .name = NAME,
    .bytes_to_values = VERSION(bytes_to_values),
    .transpose = VERSION(transpose),
    .convolution_prepare = VERSION(convolution_prepare),
    .convolution_forward = VERSION(convolution_forward),
    .convolution_backward = VERSION(convolution_backward),
    .dense_forward = VERSION(dense_forward),
    .dense_backward = VERSION(dense_backward),
    .squared_norm = VERSION(squared_norm),
    .scale = VERSION(scale),
    .step = VERSION(step),
    .momentum_step = VERSION(momentum_step),
    .adam_step = VERSION(adam_step),
    .inner_products = VERSION(inner_products),
    .sort_columns = VERSION(sort_columns),
    .softmax_cross_entropy = VERSION(softmax_cross_entropy),
};
