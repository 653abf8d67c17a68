// SPDX-License-Identifier: BSD-3-Clause
// The interrupt controllers against a model of the two chips.
#include <uk/intctlr/i8259.hpp>

#include <optional>

#include <gtest/gtest.h>

namespace {

using uk::intctlr::I8259;

struct Chip {
    uint8_t mask = 0, request = 0, service = 0, vector = 0, cascade = 0;
    int word = 0; // of the initialisation
    bool read_service = false;

    void command(uint8_t value) {
        if ((value & 0x10) != 0) {
            *this = Chip{};
            word = 1;
        } else if (value == 0x20) {
            service = static_cast<uint8_t>(service & (service - 1)); // the highest priority ends
        } else {
            read_service = value == 0x0b;
        }
    }
    void data(uint8_t value) {
        switch (word) {
        case 1:
            vector = value;
            word = 2;
            break;
        case 2:
            cascade = value;
            word = 3;
            break;
        case 3:
            word = 0;
            break;
        default:
            mask = value;
        }
    }
    std::optional<unsigned> highest() const {
        unsigned pending = request & ~mask;
        for (unsigned i = 0; i < 8; i++) {
            if ((pending & 1U << i) != 0) {
                return i;
            }
        }
        return {};
    }
};

struct Pair {
    Chip master, slave;
    bool present = true;

    void raise(unsigned line) {
        Chip& chip = line < 8 ? master : slave;
        chip.request = static_cast<uint8_t>(chip.request | 1U << line % 8);
    }
    // What the CPU gets: a vector, or 7 resp. 15 for a request that has gone.
    std::optional<unsigned> accept(bool gone = false) {
        if (auto line = slave.highest()) {
            master.request |= 4;
        }
        auto line = master.highest();
        if (!line) {
            return {};
        }
        master.request = static_cast<uint8_t>(master.request & ~(1U << *line));
        if (gone && *line != 2) {
            return master.vector + 7U;
        }
        master.service = static_cast<uint8_t>(master.service | 1U << *line);
        if (*line != 2) {
            return master.vector + *line;
        }
        unsigned second = *slave.highest();
        slave.request = static_cast<uint8_t>(slave.request & ~(1U << second));
        if (gone) {
            return slave.vector + 7U;
        }
        slave.service = static_cast<uint8_t>(slave.service | 1U << second);
        return slave.vector + second;
    }
};

struct Io {
    Pair* pair;
    template <class T>
    T read(uint32_t offset) {
        if (!pair->present) {
            return static_cast<T>(0xff);
        }
        Chip& chip = offset >= 0x80 ? pair->slave : pair->master;
        return (offset & 1) != 0 ? chip.mask : (chip.read_service ? chip.service : chip.request);
    }
    template <class T>
    void write(uint32_t offset, T value) {
        Chip& chip = offset >= 0x80 ? pair->slave : pair->master;
        (offset & 1) != 0 ? chip.data(value) : chip.command(value);
    }
};

TEST(I8259, DeliversOnlyOpenLines) {
    Pair pair;
    I8259<Io> pic(Io{&pair});
    ASSERT_TRUE(pic.start(32));
    for (unsigned line = 0; line < 16; line++) {
        if (line == 2) {
            continue;
        }
        pair.raise(line);
        EXPECT_FALSE(pair.accept());
        pic.open(line);
        EXPECT_EQ(pair.accept(), 32 + line);
        EXPECT_TRUE(pic.acknowledge(line));
        EXPECT_EQ(pair.master.service, 0);
        EXPECT_EQ(pair.slave.service, 0);
        pic.close(line);
        pair.raise(line);
        EXPECT_FALSE(pair.accept());
        pair.slave.request = pair.master.request = 0;
    }
}

TEST(I8259, TellsAnInterruptThatHasGone) {
    Pair pair;
    I8259<Io> pic(Io{&pair});
    ASSERT_TRUE(pic.start(32));
    pic.open(1);
    pic.open(9);
    pair.raise(1);
    EXPECT_EQ(pair.accept(true), 39U);
    EXPECT_FALSE(pic.acknowledge(7));
    EXPECT_EQ(pair.master.service, 0);
    pair.raise(9);
    EXPECT_EQ(pair.accept(true), 47U);
    EXPECT_FALSE(pic.acknowledge(15));
    EXPECT_EQ(pair.master.service, 0);
    pic.open(7);
    pair.raise(7);
    EXPECT_EQ(pair.accept(), 39U);
    EXPECT_TRUE(pic.acknowledge(7));
}

TEST(I8259, IsMissedWhereThereIsNone) {
    Pair pair;
    pair.present = false;
    EXPECT_FALSE(I8259<Io>(Io{&pair}).start(32));
}

} // namespace
