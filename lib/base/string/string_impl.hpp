// SPDX-License-Identifier: BSD-3-Clause
// Private to the string functions: included first by each of them, and by their tests.
//
// In host tests every function is compiled as uk_host_<name>, so that it stands beside the host's
// and the sanitizers keep theirs.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef UK_HOST_TEST
#define memcpy uk_host_memcpy
#define mempcpy uk_host_mempcpy
#define memccpy uk_host_memccpy
#define memmove uk_host_memmove
#define memset uk_host_memset
#define memcmp uk_host_memcmp
#define bcmp uk_host_bcmp
#define memchr uk_host_memchr
#define memrchr uk_host_memrchr
#define memmem uk_host_memmem
#define strlen uk_host_strlen
#define strnlen uk_host_strnlen
#define strcmp uk_host_strcmp
#define strncmp uk_host_strncmp
#define strcasecmp uk_host_strcasecmp
#define strncasecmp uk_host_strncasecmp
#define strchr uk_host_strchr
#define strchrnul uk_host_strchrnul
#define strrchr uk_host_strrchr
#define strstr uk_host_strstr
#define strcpy uk_host_strcpy
#define stpcpy uk_host_stpcpy
#define strncpy uk_host_strncpy
#define stpncpy uk_host_stpncpy
#define strcat uk_host_strcat
#define strncat uk_host_strncat
#define strlcpy uk_host_strlcpy
#define strlcat uk_host_strlcat
#define strspn uk_host_strspn
#define strcspn uk_host_strcspn
#define strpbrk uk_host_strpbrk
#define strsep uk_host_strsep
#define strtok_r uk_host_strtok_r
#undef UK_HOST_TEST
#include <uk/string.h>
#define UK_HOST_TEST 1
#else
#include <uk/string.h>
#endif

namespace uk::detail {

/// Eight bytes at any address.
inline uint64_t load64(const void* p) {
    uint64_t value;
    __builtin_memcpy(&value, p, sizeof(value));
    return value;
}
inline void store64(void* p, uint64_t value) {
    __builtin_memcpy(p, &value, sizeof(value));
}

/// Hides a value from the optimiser, at no instruction: no compiler recognises a loop over it as
/// the very function that the loop implements, whatever its flags.
template <class T>
[[gnu::always_inline]] inline T opaque(T value) {
    asm("" : "+r"(value));
    return value;
}

inline constexpr uint64_t kOnes = 0x0101010101010101;
inline constexpr uint64_t kHighs = 0x8080808080808080;

/// Not zero exactly when a byte of w is zero; the lowest set bit then lies in the first zero byte.
inline constexpr uint64_t zero_bytes(uint64_t w) {
    return (w - kOnes) & ~w & kHighs;
}
/// Index in memory of the byte in which the lowest set bit lies.
inline unsigned first_byte(uint64_t mask) {
    return static_cast<unsigned>(__builtin_ctzll(mask)) / 8;
}
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "byte indices assume little endian");

/// Where the aligned word that holds p starts. Such a word never crosses a page, so reading it
/// whole cannot fault even where the string ends in it. Sanitizers must not look: users are marked
/// UK_READS_WORDS.
inline const char* word_of(const char* p) {
    return reinterpret_cast<const char*>(reinterpret_cast<uintptr_t>(p) & ~uintptr_t{7});
}
/// The word at an aligned address, whatever type its bytes were written as. (A pointer to a
/// may_alias type would not do: g++ drops the attribute where a type is deduced.)
[[gnu::always_inline]] inline uint64_t word_at(const char* aligned) {
    uint64_t value;
    __builtin_memcpy(&value, __builtin_assume_aligned(aligned, 8), sizeof(value));
    return value;
}

} // namespace uk::detail

#define UK_READS_WORDS __attribute__((no_sanitize_address))
/* Compilers call these on their own, in LTO builds after the linker has said what is used. */
#define UK_CALLED_BY_COMPILER __attribute__((used))
