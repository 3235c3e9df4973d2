// The vocabulary of the kernels: sixteen floats at a time, whatever the processor's registers hold. The compiler makes
// one, two or four registers of them. Each version's file says how to multiply and add, and the few things that
// the vector types of the language cannot say.
#ifndef FED_VECTOR_H
#define FED_VECTOR_H

#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>
#include <string.h>

// Vectors wider than the registers would be passed in another way with other instruction sets; nothing here is passed
// at all, since every function that takes one is a part of its caller.
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE static inline __attribute__((always_inline))

enum { lanes = 16 };

typedef float v16 __attribute__((vector_size(64)));
typedef int32_t i16 __attribute__((vector_size(64)));
typedef uint8_t b16 __attribute__((vector_size(16)));
typedef double d8 __attribute__((vector_size(64)));
typedef double d16 __attribute__((vector_size(128)));
typedef int64_t l16 __attribute__((vector_size(128)));

#endif
