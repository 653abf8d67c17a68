// SPDX-License-Identifier: BSD-3-Clause
// SocketAddress: where a socket is, or whom it speaks to, as bytes that begin with the family.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/abi/socket.h>
#include <uk/base/minmax.hpp>
#include <uk/base/result.hpp>
#include <uk/string.h>

namespace uk {

// Kernel memory: a copy of what the application gave, or what it will get. Bytes from `size` on
// have no value, so that making one costs a store.
struct SocketAddress {
    static constexpr size_t kMost = sizeof(uk_sockaddr_storage);

    uint32_t size = 0; // 0: none
    alignas(8) std::byte bytes[kMost];

    // UK_AF_UNSPEC if there is not even that.
    [[nodiscard]] int family() const {
        uint16_t value = UK_AF_UNSPEC;
        if (size >= sizeof(value))
            memcpy(&value, bytes, sizeof(value));
        return value;
    }
    // As a structure of its family, uk_sockaddr_in for example. Errors: EINVAL (it is shorter).
    template <class T>
    [[nodiscard]] Result<T> as() const {
        static_assert(sizeof(T) <= kMost);
        if (size < sizeof(T))
            return Errno::inval;
        T value;
        memcpy(&value, bytes, sizeof(T));
        return value;
    }
    template <class T>
    void set(const T& value) {
        static_assert(sizeof(T) <= kMost);
        memcpy(bytes, &value, sizeof(T));
        size = sizeof(T);
    }
    SocketAddress() = default;
    SocketAddress(const SocketAddress& other) { *this = other; }
    SocketAddress& operator=(const SocketAddress& other) {
        size = other.size;
        if (this != &other)
            memcpy(bytes, other.bytes, size);
        return *this;
    }
    ~SocketAddress() = default;
};

} // namespace uk
