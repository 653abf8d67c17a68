// SPDX-License-Identifier: BSD-3-Clause
// The x86 I/O port space as a register accessor for drivers (RegIo in <uk/io/reg.hpp>).
#pragma once

#include <cstdint>

namespace uk::hal {

template <class T>
inline T port_read(uint16_t port) {
    T value;
    if constexpr (sizeof(T) == 1) {
        asm volatile("inb %w1, %b0" : "=a"(value) : "Nd"(port));
    } else if constexpr (sizeof(T) == 2) {
        asm volatile("inw %w1, %w0" : "=a"(value) : "Nd"(port));
    } else {
        static_assert(sizeof(T) == 4);
        asm volatile("inl %w1, %0" : "=a"(value) : "Nd"(port));
    }
    return value;
}

template <class T>
inline void port_write(uint16_t port, T value) {
    if constexpr (sizeof(T) == 1) {
        asm volatile("outb %b0, %w1" : : "a"(value), "Nd"(port));
    } else if constexpr (sizeof(T) == 2) {
        asm volatile("outw %w0, %w1" : : "a"(value), "Nd"(port));
    } else {
        static_assert(sizeof(T) == 4);
        asm volatile("outl %0, %w1" : : "a"(value), "Nd"(port));
    }
}

// Registers at `base + offset` in the port space.
class PortIo {
  public:
    explicit constexpr PortIo(uint16_t base) : base_(base) {}

    template <class T>
    T read(uint32_t offset) const {
        return port_read<T>(static_cast<uint16_t>(base_ + offset));
    }
    template <class T>
    void write(uint32_t offset, T value) const {
        port_write<T>(static_cast<uint16_t>(base_ + offset), value);
    }

  private:
    uint16_t base_;
};

} // namespace uk::hal
