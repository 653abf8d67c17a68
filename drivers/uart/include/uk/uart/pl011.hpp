// SPDX-License-Identifier: BSD-3-Clause
// The PL011 serial port of Arm machines and its SBSA subset: polled, and one interrupt for who
// waits for input. (Arm PrimeCell UART (PL011) Technical Reference Manual, DDI 0183G; numbers are
// its sections.)
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/io/reg.hpp>

namespace uk::uart {

// Pure logic over the chip's registers. Not synchronised. Never waits for ever: a port that is not
// there, or that never gets ready, swallows what is written to it.
template <io::RegIo Io>
class Pl011 {
  public:
    explicit constexpr Pl011(Io io) : io_(io) {}

    // Makes the port usable without interrupts. One that firmware switched on keeps its speed and
    // format; one that is off gets 8 data bits, no parity, FIFOs on, and keeps its speed, because
    // nobody here knows its clock. False if there is none; then nothing is ever written or read.
    bool start() {
        present_ = (read(kFlag) & kFlagReserved) == 0; // an empty bus answers all ones
        if (present_) {
            write(kInterruptMask, 0);
            set_up();
        }
        return present_;
    }
    [[nodiscard]] bool present() const { return present_; }

    // Sends the bytes, a whole FIFO at a time.
    void write_all(const char* data, size_t size) {
        size_t room = 0;
        for (size_t i = 0; present_ && i < size; i++) {
            if (room == 0 && !wait_until_empty()) {
                return;
            }
            room = (room == 0 ? fifo_size_ : room) - 1U;
            write(kData, static_cast<uint8_t>(data[i]));
        }
    }

    // Takes what has arrived, at most `size` bytes; 0 = nothing. What came in damaged (parity,
    // framing, break) is left out.
    size_t read_some(char* data, size_t size) {
        size_t count = 0;
        if (held_ && size > 0) {
            data[count++] = held_byte_;
            held_ = false;
        }
        while (present_ && count < size && ReceiveEmpty::get(read(kFlag)) == 0) {
            uint32_t word = read(kData);
            if ((word & kDamaged) == 0) {
                data[count++] = static_cast<char>(word & 0xff);
            }
        }
        return count;
    }

    // Lets the port interrupt once there is something to read, or now if there is: its FIFO is half
    // full, or it is not empty and nothing more came for a while.
    void await_input() {
        if (present_) {
            write(kInterruptMask, kForInput);
        }
    }
    // In the interrupt's handler, also beside await_input(): whether this is what was waited for.
    // The port does not interrupt any more then.
    bool take_interrupt() {
        if (!present_ || (read(kMaskedStatus) & kForInput) == 0) {
            return false;
        }
        write(kInterruptMask, 0);
        return true;
    }

  private:
    // 3.2: registers (UARTDR, UARTFR, UARTLCR_H, UARTCR, UARTIMSC, UARTMIS), 3.3: their bits. SBSA
    // ports have all but the format and the control; these read as zero there.
    static constexpr uint32_t kData = 0x000;
    static constexpr uint32_t kFlag = 0x018;
    static constexpr uint32_t kLineControl = 0x02c;
    static constexpr uint32_t kControl = 0x030;
    static constexpr uint32_t kInterruptMask = 0x038;
    static constexpr uint32_t kMaskedStatus = 0x040;
    static constexpr uint32_t kForInput = 0x0050; // RXIM, RTIM
    using ReceiveEmpty = io::RegField<uint32_t, 4>;
    using TransmitEmpty = io::RegField<uint32_t, 7>;
    using FifoEnable = io::RegField<uint32_t, 4>;
    using WordLength = io::RegField<uint32_t, 6, 5>;
    using PortEnable = io::RegField<uint32_t, 0>;
    static constexpr uint32_t kFlagReserved = 0xfe00;
    static constexpr uint32_t kDamaged = 0x0700; // break, parity, framing error
    static constexpr uint32_t kEightBits = 3;
    static constexpr uint32_t kSendAndReceive = 0x0301; // UARTEN, TXE, RXE
    static constexpr uint8_t kFifoSize = 16;            // 32 since revision r1p5
    // A FIFO takes 1.4 ms to send; one look at a port takes about 1 us, less in an emulator.
    static constexpr unsigned kPatience = 1'000'000;

    uint32_t read(uint32_t offset) { return io_.template read<uint32_t>(offset); }
    void write(uint32_t offset, uint32_t value) { io_.template write<uint32_t>(offset, value); }

    void set_up() {
        uint32_t control = read(kControl);
        if (PortEnable::get(control) == 0) { // 3.3.7: the format may change only while it is off
            hold_early_input();
            write(kLineControl, FifoEnable::of(1) | WordLength::of(kEightBits));
            write(kControl, control | kSendAndReceive);
        }
        fifo_size_ = FifoEnable::get(read(kLineControl)) != 0 ? kFifoSize : uint8_t{1};
    }

    // Emulators take input for a port that is off; switching the FIFOs on empties them (3.3.7).
    void hold_early_input() {
        if (ReceiveEmpty::get(read(kFlag)) == 0) {
            held_byte_ = static_cast<char>(read(kData) & 0xff);
            held_ = true;
        }
    }

    // A port that stays busy that long is gone: it is not asked again.
    bool wait_until_empty() {
        for (unsigned i = 0; i < kPatience; i++) {
            if (TransmitEmpty::get(read(kFlag)) != 0) {
                return true;
            }
        }
        present_ = false;
        return false;
    }

    Io io_;
    bool present_ = false;
    bool held_ = false;
    char held_byte_ = 0;
    uint8_t fifo_size_ = 1;
};

} // namespace uk::uart
