// SPDX-License-Identifier: BSD-3-Clause
// le16 le32 le64 be16 be32 be64: integers of fixed byte order for structures from wire, disk or
// device.
//
// They are plain bytes: alignment 1, no padding, trivially copyable, so a structure of them is the
// wire format itself. Reading and assigning convert; arithmetic happens on the native value. Access
// may tear: shared device memory is read through an accessor of its own.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <type_traits>

namespace uk {

/// The bytes of `value` in reverse order.
template <std::unsigned_integral T>
constexpr T byteswap(T value) {
    if constexpr (sizeof(T) == 1)
        return value;
    else if constexpr (sizeof(T) == 2)
        return __builtin_bswap16(value);
    else if constexpr (sizeof(T) == 4)
        return __builtin_bswap32(value);
    else
        return __builtin_bswap64(value);
}

/// An unsigned T stored in byte order Order, at any address.
template <std::unsigned_integral T, std::endian Order>
class EndianInt {
    unsigned char bytes_[sizeof(T)] = {};

    static constexpr unsigned shift(unsigned i) {
        return 8 * (Order == std::endian::little ? i : unsigned{sizeof(T)} - 1 - i);
    }

  public:
    using Native = T;

    constexpr EndianInt() = default;
    constexpr EndianInt(T value) { // NOLINT(google-explicit-constructor): converts like an integer
        for (unsigned i = 0; i < sizeof(T); i++)
            bytes_[i] = static_cast<unsigned char>(value >> shift(i));
    }

    constexpr T get() const {
        T value = 0;
        for (unsigned i = 0; i < sizeof(T); i++)
            value = static_cast<T>(value | static_cast<T>(static_cast<T>(bytes_[i]) << shift(i)));
        return value;
    }
    constexpr operator T() const { return get(); } // NOLINT(google-explicit-constructor)
};

using le16 = EndianInt<std::uint16_t, std::endian::little>;
using le32 = EndianInt<std::uint32_t, std::endian::little>;
using le64 = EndianInt<std::uint64_t, std::endian::little>;
using be16 = EndianInt<std::uint16_t, std::endian::big>;
using be32 = EndianInt<std::uint32_t, std::endian::big>;
using be64 = EndianInt<std::uint64_t, std::endian::big>;

static_assert(sizeof(le64) == 8 && alignof(le64) == 1 && std::is_trivially_copyable_v<be32>);

} // namespace uk
