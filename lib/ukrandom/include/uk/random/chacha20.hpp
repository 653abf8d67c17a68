// SPDX-License-Identifier: BSD-3-Clause
// The ChaCha20 block function (RFC 8439, 2.3). Pure; callable from anywhere.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace uk::random {

inline constexpr size_t kKeyBytes = 32;
inline constexpr size_t kBlockBytes = 64;

using Key = std::array<std::byte, kKeyBytes>;
using Nonce = std::array<std::byte, 12>;
using Block = std::array<std::byte, kBlockBytes>;

// The block of `key`, `counter` and `nonce`: what a stranger cannot tell from chance without the
// key, and from which nobody gets back to it.
void chacha20_block(const Key& key, uint32_t counter, const Nonce& nonce, Block& out);

// Overwrites what must not be found in memory later; the compiler does not leave it out.
inline void wipe(void* secret, size_t size) {
    __builtin_memset(secret, 0, size);
    asm volatile("" : : "r"(secret) : "memory");
}

} // namespace uk::random
