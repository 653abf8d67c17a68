// SPDX-License-Identifier: BSD-3-Clause
// NS16550 and compatible serial ports: polled, and one interrupt for who waits for input. (PC16550D
// data sheet, National Semiconductor, 1995.)
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/io/reg.hpp>

namespace uk::uart {

// Pure logic over the chip's eight registers. Not synchronised. Never waits for ever: a port that
// is not there, or that never gets ready, swallows what is written to it.
template <io::RegIo Io>
class Ns16550 {
  public:
    explicit constexpr Ns16550(Io io) : io_(io) {}

    // Looks whether a port is there and sets it to 115200 baud, 8 data bits, no parity, 1 stop bit,
    // FIFOs on, no interrupts. False if there is none; then nothing is ever written or read.
    bool start() {
        // The scratch register keeps what is written; an empty bus answers all ones or zeros.
        present_ = keeps(0x5a) && keeps(0xa5);
        if (present_) {
            write(kInterruptEnable, 0);
            write(kLineControl, DivisorLatch::of(1));
            write(kDivisorLow, 1);
            write(kDivisorHigh, 0);
            write(kLineControl, WordLength::of(kEightBits));
            hold_early_input();
            write(kFifoControl, kFifoOnAndEmpty);
            write(kModemControl, kReadyToSend);
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
            room = room == 0 ? kFifoSize - 1 : room - 1;
            write(kData, static_cast<uint8_t>(data[i]));
        }
    }

    // Takes what has arrived, at most `size` bytes; 0 = nothing.
    size_t read_some(char* data, size_t size) {
        size_t count = 0;
        while (held_first_ < held_end_ && count < size) {
            data[count++] = held_[held_first_++];
        }
        while (present_ && count < size && DataReady::get(read(kLineStatus)) != 0) {
            data[count++] = static_cast<char>(read(kData));
        }
        return count;
    }

    // Lets the port interrupt once there is something to read, or now if there is. With `prove` it
    // interrupts anyway, because it can send: so its owner learns whether interrupts arrive. True:
    // there is something, and not every emulated port interrupts for what it had before.
    bool await_input(bool prove) {
        if (!present_) {
            return false;
        }
        if (prove) {
            write(kModemControl, kReadyToSend | kInterruptsOut);
        }
        write(kInterruptEnable, 0); // a line that is an edge falls, and rises again
        write(kInterruptEnable, prove ? kForInput | kForOutput : kForInput);
        return DataReady::get(read(kLineStatus)) != 0;
    }
    // In the interrupt's handler, also beside await_input(): whether this is what was waited for.
    // The port does not interrupt any more then.
    bool take_interrupt() {
        if (!present_) {
            return false;
        }
        const uint8_t enabled = read(kInterruptEnable);
        if ((enabled & kForInput) == 0 ||
            ((enabled & kForOutput) == 0 && DataReady::get(read(kLineStatus)) == 0)) {
            return false;
        }
        write(kInterruptEnable, 0);
        return true;
    }

  private:
    // Section 8: registers, and their bits.
    static constexpr uint32_t kData = 0;
    static constexpr uint32_t kDivisorLow = 0; // while the divisor latch is on
    static constexpr uint32_t kDivisorHigh = 1;
    static constexpr uint32_t kInterruptEnable = 1;
    static constexpr uint32_t kFifoControl = 2;
    static constexpr uint32_t kLineControl = 3;
    static constexpr uint32_t kModemControl = 4;
    static constexpr uint32_t kLineStatus = 5;
    static constexpr uint32_t kScratch = 7;
    using WordLength = io::RegField<uint8_t, 1, 0>;
    using DivisorLatch = io::RegField<uint8_t, 7>;
    using DataReady = io::RegField<uint8_t, 0>;
    using TransmitterEmpty = io::RegField<uint8_t, 5>;
    static constexpr uint8_t kEightBits = 3;
    static constexpr uint8_t kFifoOnAndEmpty = 0x07;
    static constexpr uint8_t kReadyToSend = 0x03;   // DTR, RTS
    static constexpr uint8_t kInterruptsOut = 0x08; // OUT2: PCs lead the interrupt through it
    static constexpr uint8_t kForInput = 0x01;
    static constexpr uint8_t kForOutput = 0x02;
    static constexpr size_t kFifoSize = 16;
    // A FIFO takes 1.4 ms to send; one look at a port takes about 1 us, less in an emulator.
    static constexpr unsigned kPatience = 1'000'000;

    uint8_t read(uint32_t offset) { return io_.template read<uint8_t>(offset); }
    void write(uint32_t offset, uint8_t value) { io_.template write<uint8_t>(offset, value); }

    // Switching the FIFOs on empties them (8.4); what came before is not lost.
    void hold_early_input() {
        while (held_end_ < sizeof held_ && DataReady::get(read(kLineStatus)) != 0) {
            held_[held_end_++] = static_cast<char>(read(kData));
        }
    }

    bool keeps(uint8_t value) {
        write(kScratch, value);
        return read(kScratch) == value;
    }

    // A port that stays busy that long is gone: it is not asked again.
    bool wait_until_empty() {
        for (unsigned i = 0; i < kPatience; i++) {
            if (TransmitterEmpty::get(read(kLineStatus)) != 0) {
                return true;
            }
        }
        present_ = false;
        return false;
    }

    Io io_;
    bool present_ = false;
    uint8_t held_first_ = 0;
    uint8_t held_end_ = 0;
    char held_[kFifoSize] = {};
};

} // namespace uk::uart
