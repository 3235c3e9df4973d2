/// CRC-32C (Castagnoli) by the processor's own instruction where it has one, found out at run time.
#ifndef FED_CCHECKSUM_H
#define FED_CCHECKSUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Whether this processor has an instruction for CRC-32C; without one ``fed_crc32c`` must not be called.
bool fed_crc32c_is_there(void);

/// The state (the complement of the checksum) after `count` more bytes.
uint32_t fed_crc32c(uint32_t state, const void *bytes, size_t count);

#endif
