// Moves parameters between the layouts of the record and of the kernels.

static void VERSION(transpose)(size_t rows, size_t columns, const float *from, float *to) {
    size_t full_rows = rows - rows % lanes, full_columns = columns - columns % lanes;
    for (size_t row = 0; row < full_rows; row += lanes) {
        for (size_t column = 0; column < full_columns; column += lanes) {
            transpose16(from + row * columns + column, columns, to + column * rows + row, rows);
        }
    }
    for (size_t row = 0; row < rows; row++) {
        for (size_t column = row < full_rows ? full_columns : 0; column < columns; column++) {
            to[column * rows + row] = from[row * columns + column];
        }
    }
}
