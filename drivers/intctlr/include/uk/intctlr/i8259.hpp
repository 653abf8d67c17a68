// SPDX-License-Identifier: BSD-3-Clause
// The pair of 8259A interrupt controllers of PCs. (Intel 8259A data sheet, 231468-003.)
#pragma once

#include <cstdint>

namespace uk::intctlr {

// Io: accessor to I/O ports, offsets relative to port 0x20 (the slave is at 0xa0). The caller keeps
// interrupts and other CPUs away, but for acknowledge(), which is the handler's.
template <class Io>
class I8259 {
  public:
    static constexpr unsigned kLines = 16;

    explicit constexpr I8259(Io io) : io_(io) {}

    // Sets both chips up: line n raises vector `first_vector` + n (a multiple of 8), all lines are
    // closed. False if there are no such chips.
    bool start(uint8_t first_vector) {
        io_.template write<uint8_t>(kMasterData, kProbe);
        if (io_.template read<uint8_t>(kMasterData) != kProbe) {
            return false;
        }
        start_chip(kMaster, first_vector, 1U << kCascadeLine);
        start_chip(kSlave, static_cast<uint8_t>(first_vector + 8), kCascadeLine);
        return true;
    }

    // Lets line `line` through.
    void open(unsigned line) {
        if (line >= 8) {
            change_mask(kSlaveData, static_cast<uint8_t>(1U << (line - 8)), 0);
            line = kCascadeLine;
        }
        change_mask(kMasterData, static_cast<uint8_t>(1U << line), 0);
    }
    void close(unsigned line) {
        uint32_t port = line >= 8 ? kSlaveData : kMasterData;
        auto bit = static_cast<uint8_t>(1U << line % 8);
        change_mask(port, bit, bit);
    }

    // In the handler: tells the chips that it runs. False for an interrupt that is gone (the chips
    // then pretend line 7 or 15), which nobody may handle.
    bool acknowledge(unsigned line) {
        uint32_t chip = line >= 8 ? kSlave : kMaster;
        if (line % 8 == 7) {
            io_.template write<uint8_t>(chip, kReadInService);
            if ((io_.template read<uint8_t>(chip) & 0x80) == 0) {
                if (chip == kSlave) {
                    io_.template write<uint8_t>(kMaster, kEndOfInterrupt); // the master's was real
                }
                return false;
            }
        }
        if (chip == kSlave) {
            io_.template write<uint8_t>(kSlave, kEndOfInterrupt);
        }
        io_.template write<uint8_t>(kMaster, kEndOfInterrupt);
        return true;
    }

  private:
    static constexpr uint32_t kMaster = 0x00;
    static constexpr uint32_t kMasterData = 0x01;
    static constexpr uint32_t kSlave = 0x80;
    static constexpr uint32_t kSlaveData = 0x81;
    static constexpr uint8_t kCascadeLine = 2;
    static constexpr uint8_t kProbe = 0xa5;
    static constexpr uint8_t kInit = 0x11; // edge triggered, two chips, four words follow
    static constexpr uint8_t k8086 = 0x01;
    static constexpr uint8_t kEndOfInterrupt = 0x20;
    static constexpr uint8_t kReadInService = 0x0b;

    void start_chip(uint32_t chip, uint8_t vector, uint8_t cascade) {
        io_.template write<uint8_t>(chip, kInit);
        io_.template write<uint8_t>(chip + 1, vector);
        io_.template write<uint8_t>(chip + 1, cascade);
        io_.template write<uint8_t>(chip + 1, k8086);
        io_.template write<uint8_t>(chip + 1, uint8_t{0xff});
    }
    void change_mask(uint32_t port, uint8_t clear, uint8_t set) {
        auto mask = io_.template read<uint8_t>(port);
        io_.template write<uint8_t>(port, static_cast<uint8_t>((mask & ~clear) | set));
    }

    Io io_;
};

} // namespace uk::intctlr
