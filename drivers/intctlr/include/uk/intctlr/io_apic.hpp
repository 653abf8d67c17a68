// SPDX-License-Identifier: BSD-3-Clause
// The IO-APIC: pins that raise vectors of a local APIC. (Intel 82093AA data sheet, 290566-001;
// section 3.2.)
#pragma once

#include <cstdint>

namespace uk::intctlr {

// Io: accessor to its registers. The caller keeps interrupts and other CPUs away.
template <class Io>
class IoApic {
  public:
    // What the pin does: the same bits as in the registers.
    static constexpr uint32_t kActiveLow = 1U << 13;
    static constexpr uint32_t kLevel = 1U << 15;

    explicit constexpr IoApic(Io io) : io_(io) {}

    // How many pins it has: at most 240; 0 if there is no chip.
    [[nodiscard]] unsigned pins() {
        const uint32_t version = read(kVersion);
        const unsigned last = version >> 16 & 0xff;
        return version == ~0U || version == 0 || last >= kMostPins ? 0 : last + 1;
    }

    // The pin, which is closed, raises `vector`, from 16 on, of the CPU whose local APIC has this
    // id.
    void open(unsigned pin, uint8_t cpu, uint8_t vector, uint32_t how) {
        write(kPin + 2 * pin + 1, uint32_t{cpu} << 24);
        write(kPin + 2 * pin, (how & (kActiveLow | kLevel)) | vector);
    }
    // Read back: what the chip sent before has left it.
    void close(unsigned pin) {
        write(kPin + 2 * pin, read(kPin + 2 * pin) | kMasked);
        (void)read(kPin + 2 * pin);
    }

  private:
    static constexpr unsigned kMostPins = 240;
    static constexpr uint32_t kSelect = 0x00;
    static constexpr uint32_t kWindow = 0x10;
    static constexpr uint32_t kVersion = 0x01;
    static constexpr uint32_t kPin = 0x10;
    static constexpr uint32_t kMasked = 1U << 16;

    uint32_t read(uint32_t number) {
        io_.template write<uint32_t>(kSelect, number);
        return io_.template read<uint32_t>(kWindow);
    }
    void write(uint32_t number, uint32_t value) {
        io_.template write<uint32_t>(kSelect, number);
        io_.template write<uint32_t>(kWindow, value);
    }

    Io io_;
};

} // namespace uk::intctlr
