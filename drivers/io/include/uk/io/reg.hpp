// SPDX-License-Identifier: BSD-3-Clause
// Register access for chip drivers: the accessor concept, memory-mapped registers, bit fields.
//
// A driver is a class template over an accessor, so that the same source drives ports,
// memory-mapped registers and, in host tests, a model of the chip:
//
//     template <uk::io::RegIo Io> class Chip {
//         using Ready = uk::io::RegField<uint8_t, 5>;
//         bool ready() { return Ready::get(io_.template read<uint8_t>(kStatus)) != 0; }
//         Io io_;
//     };
//
// Ports of x86 are <uk/hal_arch/port_io.hpp>.
#pragma once

#include <concepts>
#include <cstdint>

#include <uk/hal/cpu.hpp>

namespace uk::io {

// Reads and writes a register of type T at a byte offset. Each call is exactly one access of that
// width, in program order with the other accesses to the same accessor. Copyable and small.
template <class Io>
concept RegIo = std::copyable<Io> && requires(Io& io, uint32_t offset, uint8_t byte) {
    { io.template read<uint8_t>(offset) } -> std::same_as<uint8_t>;
    io.template write<uint8_t>(offset, byte);
};

// Memory-mapped registers from `base` on, which must be mapped uncached (hal::map_device).
class Mmio {
  public:
    explicit Mmio(volatile void* base) : base_(reinterpret_cast<uintptr_t>(base)) {}

    template <class T>
    T read(uint32_t offset) const {
        return hal::device_read(reinterpret_cast<const volatile T*>(base_ + offset));
    }
    template <class T>
    void write(uint32_t offset, T value) const {
        hal::device_write(reinterpret_cast<volatile T*>(base_ + offset), value);
    }

  private:
    uintptr_t base_;
};

static_assert(RegIo<Mmio>);

// Bits kHigh..kLow (inclusive) of a register of type T. with() leaves all other bits as they are,
// so reserved bits survive a read, change and write.
template <std::unsigned_integral T, unsigned kHigh, unsigned kLow = kHigh>
struct RegField {
    static_assert(kLow <= kHigh && kHigh < sizeof(T) * 8);
    static constexpr T kMax =
        static_cast<T>(static_cast<T>(~T{0}) >> (sizeof(T) * 8 - 1 - (kHigh - kLow)));
    static constexpr T kMask = static_cast<T>(kMax << kLow);

    static constexpr T get(T reg) { return static_cast<T>((reg & kMask) >> kLow); }
    // `value` is cut to the width of the field.
    static constexpr T with(T reg, T value) {
        return static_cast<T>((reg & static_cast<T>(~kMask)) |
                              (static_cast<T>(value << kLow) & kMask));
    }
    static constexpr T of(T value) { return with(0, value); }
};

} // namespace uk::io
