// How the convolution of many channels is cut into tiles, and what memory that takes.
#ifndef FED_TILES_H
#define FED_TILES_H

#include "CKernels.h"

enum {
    /// Tiles that are transformed together, of one image or of several.
    fed_tile_block = 18,
};

/// The side of the patch of inputs under a tile, and of its transform.
static inline size_t fed_patch_side(const fed_convolution *layer) { return layer->tile + layer->kernel - 1; }

/// Tiles that cover so many pooled cells in one direction.
static inline size_t fed_tiles_along(const fed_convolution *layer, size_t pooled) {
    size_t cells = layer->tile / 2;
    return (pooled + cells - 1) / cells;
}

/// From one point of a transform to the next, in floats, for so many at each: a little more, since the cache keeps few
/// lines whose addresses differ by a power of two.
static inline size_t fed_point_stride(size_t count) { return count + 32; }

/// The extent of the image with its padding, or of what the tiles read if that is more.
static inline size_t fed_field_extent(const fed_convolution *layer, size_t extent, size_t pooled) {
    size_t padded = extent + 2 * layer->padding;
    size_t read = fed_tiles_along(layer, pooled) * layer->tile + layer->kernel - 1;
    return padded > read ? padded : read;
}
static inline size_t fed_field_width(const fed_convolution *layer) {
    return fed_field_extent(layer, layer->width, layer->pooled_width);
}
static inline size_t fed_field_height(const fed_convolution *layer) {
    return fed_field_extent(layer, layer->height, layer->pooled_height);
}
/// Floats of the image with what is around it.
static inline size_t fed_field_count(const fed_convolution *layer) {
    return fed_field_height(layer) * fed_field_width(layer) * layer->channels;
}

/// Entries in the lists of outputs with a gradient: for each filter one for each pooled cell and one to overwrite; or for
/// each choice one for each filter, and 16 to overwrite.
static inline size_t fed_list_count(const fed_convolution *layer) {
    size_t of_weight = layer->filters * (layer->pooled_height * layer->pooled_width + 1);
    size_t of_input = layer->filters * (FED_NO_CHOICE + 1) + 16;
    return of_weight > of_input ? of_weight : of_input;
}

#endif
