// SPDX-License-Identifier: BSD-3-Clause
// Host tests of the PL011 driver against a model of the chip.
#include <uk/uart/pl011.hpp>

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "conformance.hpp"

namespace {

// The chip: a transmit FIFO that drains while its flags are read, a receive FIFO, format and
// control. `sbsa` = the subset without format and control.
struct Chip {
    std::string sent;
    std::deque<uint32_t> incoming;
    size_t in_fifo = 0;
    int busy = 0;       // flag reads until the FIFO is empty again
    int drain_time = 3; // what `busy` is set to when a byte is put in
    bool missing = false;
    bool stuck = false;
    bool sbsa = false;
    uint32_t format = 0, control = 0x300, mask = 0x7ff; // as after reset, but for the mask
    size_t overruns = 0;
    size_t accesses = 0;

    size_t depth() const { return sbsa || (format & 0x10) != 0 ? 16 : 1; }

    uint32_t read(uint32_t offset) {
        accesses++;
        if (missing) {
            return ~0U;
        }
        switch (offset) {
        case 0x00: {
            uint32_t word = incoming.empty() ? 0 : incoming.front();
            if (!incoming.empty()) {
                incoming.pop_front();
            }
            return word;
        }
        case 0x18:
            if (!stuck && busy > 0 && --busy == 0) {
                in_fifo = 0;
            }
            return (incoming.empty() ? 0x10U : 0U) | (in_fifo == 0 && !stuck ? 0x80U : 0x08U) |
                   (in_fifo >= depth() ? 0x20U : 0U);
        case 0x2c:
            return sbsa ? 0 : format;
        case 0x30:
            return sbsa ? 0 : control;
        case 0x40:
            return (incoming.empty() ? 0U : 0x50U) & mask;
        default:
            ADD_FAILURE() << "read of register " << offset;
            return 0;
        }
    }

    void write(uint32_t offset, uint32_t value) {
        accesses++;
        if (missing) {
            return;
        }
        switch (offset) {
        case 0x00:
            if (in_fifo >= depth()) {
                overruns++;
                return;
            }
            in_fifo++;
            busy = drain_time;
            sent.push_back(static_cast<char>(value));
            break;
        case 0x2c:
            if (!sbsa) {
                EXPECT_EQ(control & 1, 0u) << "the format changed while the port was on";
                if (((format ^ value) & 0x10) != 0) {
                    incoming.clear();
                }
                format = value;
            }
            break;
        case 0x30:
            control = sbsa ? 0 : value;
            break;
        case 0x38:
            mask = value;
            break;
        default:
            ADD_FAILURE() << "write to register " << offset;
        }
    }
};

struct Io {
    Chip* chip;
    template <class T>
    T read(uint32_t offset) {
        return static_cast<T>(chip->read(offset));
    }
    template <class T>
    void write(uint32_t offset, T value) {
        chip->write(offset, value);
    }
};

using Uart = uk::uart::Pl011<Io>;

struct Model {
    using Chip = ::Chip;
    using Uart = ::Uart;
    static std::vector<Chip> variants() {
        Chip sbsa;
        sbsa.sbsa = true;
        return {Chip{}, sbsa};
    }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Pl011, UartConformance, testing::Types<Model>);

TEST(Pl011, SetsAPortUpThatIsOff) {
    Chip chip;
    chip.control = 0xc300; // flow control as somebody wanted it
    Uart uart(Io{&chip});
    EXPECT_TRUE(uart.start());
    EXPECT_EQ(chip.mask, 0u);
    EXPECT_EQ(chip.format, 0x70u);
    EXPECT_EQ(chip.control, 0xc301u);
    EXPECT_EQ(chip.sent, "");
}

TEST(Pl011, LeavesAPortAloneThatFirmwareUses) {
    Chip chip;
    chip.control = 0x301;
    chip.format = 0x66; // no FIFOs, even parity
    Uart uart(Io{&chip});
    EXPECT_TRUE(uart.start());
    EXPECT_EQ(chip.format, 0x66u);
    EXPECT_EQ(chip.control, 0x301u);
    uart.write_all("hello", 5);
    EXPECT_EQ(chip.sent, "hello");
    EXPECT_EQ(chip.overruns, 0u);
}

TEST(Pl011, LeavesOutWhatCameInDamaged) {
    Chip chip;
    Uart uart(Io{&chip});
    uart.start();
    chip.incoming = {'a', 0x100 | 'x', 0x200 | 'x', 0x400,
                     0x800 | 'b'}; // the last: others were lost
    char bytes[8];
    EXPECT_EQ(uart.read_some(bytes, 8), 2u);
    EXPECT_EQ(std::string(bytes, 2), "ab");
}

TEST(Pl011, InterruptsOnceForInputThatIsWaitedFor) {
    Chip chip;
    Uart uart(Io{&chip});
    uart.start();
    chip.incoming = {'a'};
    EXPECT_FALSE(uart.take_interrupt()) << "nobody has asked";
    uart.await_input();
    EXPECT_EQ(chip.mask, 0x50u);
    EXPECT_TRUE(uart.take_interrupt());
    EXPECT_EQ(chip.mask, 0u);
    EXPECT_FALSE(uart.take_interrupt());
    char bytes[8];
    EXPECT_EQ(uart.read_some(bytes, 8), 1u);
    uart.await_input();
    EXPECT_FALSE(uart.take_interrupt()) << "somebody else's";
    EXPECT_EQ(chip.mask, 0x50u);
}

TEST(Pl011, KeepsWhatWasTypedBeforeItStarted) {
    Chip chip;
    chip.incoming = {'B'};
    Uart uart(Io{&chip});
    uart.start();
    chip.incoming.push_back('o');
    char bytes[8];
    EXPECT_EQ(uart.read_some(bytes, 8), 2u);
    EXPECT_EQ(std::string(bytes, 2), "Bo");
    EXPECT_EQ(uart.read_some(bytes, 8), 0u);
}

} // namespace
