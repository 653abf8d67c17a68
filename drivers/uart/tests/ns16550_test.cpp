// SPDX-License-Identifier: BSD-3-Clause
// Host tests of the NS16550 driver against a model of the chip.
#include <uk/uart/ns16550.hpp>

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "conformance.hpp"

namespace {

// The chip: a transmit FIFO that drains while its status is read, a receive FIFO, a divisor latch.
struct Chip {
    std::string sent;
    std::deque<char> incoming;
    size_t in_fifo = 0;
    int busy = 0;         // status reads until the FIFO is empty again
    int drain_time = 3;   // what `busy` is set to when a byte is put in
    bool missing = false; // an empty bus
    bool stuck = false;   // never gets empty
    uint8_t scratch = 0, line_control = 0, fifo_control = 0, modem_control = 0;
    uint8_t interrupt_enable = 0xff, divisor_low = 0, divisor_high = 0;
    size_t overruns = 0;
    size_t accesses = 0;
    uint8_t empty_bus = 0xff;
    bool line = false; // as the machine sees it
    unsigned edges = 0;

    // 8.6.1, 8.6.7; OUT2 leads the interrupt to the bus of a PC.
    void drive_line() {
        const bool receives = (interrupt_enable & 1) != 0 && !incoming.empty();
        const bool sends = (interrupt_enable & 2) != 0 && in_fifo == 0;
        const bool now = (modem_control & 8) != 0 && (receives || sends);
        edges += now && !line ? 1 : 0;
        line = now;
    }
    void type(char c) {
        incoming.push_back(c);
        drive_line();
    }

    uint8_t read(uint32_t offset) {
        accesses++;
        if (missing) {
            return empty_bus;
        }
        if (offset == 1) {
            return interrupt_enable;
        }
        if (offset == 0) {
            char c = incoming.empty() ? '\0' : incoming.front();
            if (!incoming.empty()) {
                incoming.pop_front();
            }
            drive_line();
            return static_cast<uint8_t>(c);
        }
        if (offset == 5) {
            if (!stuck && busy > 0 && --busy == 0) {
                in_fifo = 0;
            }
            return static_cast<uint8_t>((incoming.empty() ? 0 : 1) |
                                        (in_fifo == 0 && !stuck ? 0x20 : 0));
        }
        return offset == 7 ? scratch : 0;
    }

    void write(uint32_t offset, uint8_t value) {
        accesses++;
        if (missing) {
            return;
        }
        bool latch = (line_control & 0x80) != 0;
        switch (offset) {
        case 0:
            if (latch) {
                divisor_low = value;
            } else if (in_fifo == 16) {
                overruns++;
            } else {
                in_fifo++;
                busy = drain_time;
                sent.push_back(static_cast<char>(value));
            }
            break;
        case 1:
            (latch ? divisor_high : interrupt_enable) = value;
            break;
        case 2:
            if (((value ^ fifo_control) & 1) != 0 || (value & 2) != 0) {
                incoming.clear();
            }
            fifo_control = value;
            break;
        case 3:
            line_control = value;
            break;
        case 4:
            modem_control = value;
            break;
        case 7:
            scratch = value;
            break;
        default:
            ADD_FAILURE() << "write to register " << offset;
        }
        drive_line();
    }
};

struct Io {
    Chip* chip;
    template <class T>
    T read(uint32_t offset) {
        return chip->read(offset);
    }
    template <class T>
    void write(uint32_t offset, T value) {
        chip->write(offset, value);
    }
};

using Uart = uk::uart::Ns16550<Io>;

struct Model {
    using Chip = ::Chip;
    using Uart = ::Uart;
    static std::vector<Chip> variants() { return {Chip{}}; }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Ns16550, UartConformance, testing::Types<Model>);

TEST(Ns16550, SetsThePortUp) {
    Chip chip;
    chip.divisor_high = 0xaa;
    Uart uart(Io{&chip});
    EXPECT_TRUE(uart.start());
    EXPECT_EQ(chip.interrupt_enable, 0);
    EXPECT_EQ(chip.divisor_low, 1);
    EXPECT_EQ(chip.divisor_high, 0);
    EXPECT_EQ(chip.line_control, 0x03);
    EXPECT_EQ(chip.fifo_control & 1, 1);
    EXPECT_EQ(chip.sent, "");
}

TEST(Ns16550, KeepsWhatWasTypedBeforeItStarted) {
    Chip chip;
    chip.incoming = {'B', 'o'};
    Uart uart(Io{&chip});
    uart.start();
    chip.incoming.push_back('b');
    char bytes[8];
    EXPECT_EQ(uart.read_some(bytes, 1), 1u);
    EXPECT_EQ(uart.read_some(bytes + 1, 7), 2u);
    EXPECT_EQ(std::string(bytes, 3), "Bob");
}

TEST(Ns16550, InterruptsOnceForInputThatIsWaitedFor) {
    Chip chip;
    Uart uart(Io{&chip});
    uart.start();
    chip.type('a');
    EXPECT_EQ(chip.edges, 0u) << "nobody has asked";
    EXPECT_FALSE(uart.take_interrupt());
    uart.await_input(true);
    EXPECT_EQ(chip.edges, 1u);
    EXPECT_TRUE(uart.take_interrupt());
    EXPECT_FALSE(chip.line);
    chip.type('b');
    EXPECT_EQ(chip.edges, 1u);
    char bytes[8];
    EXPECT_EQ(uart.read_some(bytes, 8), 2u);
    uart.await_input(false);
    EXPECT_FALSE(uart.take_interrupt()) << "somebody else's";
    EXPECT_EQ(chip.edges, 1u);
    chip.type('c');
    EXPECT_EQ(chip.edges, 2u);
    EXPECT_TRUE(uart.take_interrupt());
    EXPECT_EQ(uart.read_some(bytes, 8), 1u);
}

// The machine sees edges: who asks while the line is up must make another.
TEST(Ns16550, RaisesTheLineAgainForWhoAsksAgain) {
    Chip chip;
    Uart uart(Io{&chip});
    uart.start();
    uart.await_input(true);
    EXPECT_TRUE(uart.take_interrupt()) << "it can send, which proves the line";
    uart.await_input(false);
    chip.type('a');
    EXPECT_EQ(chip.edges, 2u);
    uart.await_input(false); // before the handler ran
    EXPECT_EQ(chip.edges, 3u);
    EXPECT_TRUE(uart.take_interrupt());
    EXPECT_FALSE(uart.take_interrupt());
}

// An emulated port may interrupt only for what comes afterwards (Firecracker's).
TEST(Ns16550, SaysWhatIsThereWhenItIsAsked) {
    Chip chip;
    Uart uart(Io{&chip});
    ASSERT_TRUE(uart.start());
    EXPECT_FALSE(uart.await_input(false));
    chip.incoming.push_back('k');
    EXPECT_TRUE(uart.await_input(false));
}

TEST(Ns16550, WaitsForNothingWithoutAPort) {
    Chip chip;
    chip.missing = true;
    Uart uart(Io{&chip});
    uart.start();
    const size_t before = chip.accesses;
    EXPECT_FALSE(uart.await_input(true));
    EXPECT_FALSE(uart.take_interrupt());
    EXPECT_EQ(chip.accesses, before);
}

// Whatever reads of nothing answer.
TEST(Ns16550, KnowsAnEmptyBus) {
    for (uint8_t answer : {0xff, 0x00, 0x5a, 0xa5}) {
        Chip chip;
        chip.missing = true;
        chip.empty_bus = answer;
        Uart uart(Io{&chip});
        EXPECT_FALSE(uart.start());
    }
}

} // namespace
