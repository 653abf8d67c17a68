// SPDX-License-Identifier: BSD-3-Clause
// Host tests of the GICv2 driver against a model of the controller.
#include "drivers/intctlr/tests/fake_gic.hpp"

#include <uk/intctlr/gicv2.hpp>

#include <vector>

namespace {

using fake_gic::kNothing;
using uk::Errno;
using uk::intctlr::Trigger;

struct Machine {
    fake_gic::Lines lines{};
    uint32_t identification = 0x0002043b;
    uint32_t typer = 8; // 288 lines
    uint32_t control = 1, cpu_control = 0, mask = 0;
    size_t writes = 0;
    std::vector<uint32_t> sent{};

    Machine() { lines.count = 288; }
    bool signals() {
        return cpu_control == 1 && control == 1 && lines.best(mask, false) != kNothing;
    }
};

struct Io {
    Machine* machine;
    bool cpu;
    template <class T>
    T read(uint32_t offset) {
        Machine& m = *machine;
        uint32_t value = 0;
        if (cpu) {
            switch (offset) {
            case 0x0c:
                return static_cast<T>(
                    m.signals() ? m.lines.take(m.lines.best(m.mask, false)) | 0x400U : kNothing);
            case 0xfc:
                return static_cast<T>(m.identification);
            default:
                ADD_FAILURE() << "read of GICC register " << offset;
                return 0;
            }
        }
        if (offset == 0x004) {
            return static_cast<T>(m.typer);
        }
        EXPECT_TRUE(m.lines.read(offset, value)) << "read of GICD register " << offset;
        return static_cast<T>(value);
    }
    template <class T>
    void write(uint32_t offset, T value) {
        Machine& m = *machine;
        m.writes++;
        if (!cpu) {
            if (offset == 0x000) {
                m.control = value;
            } else if (offset == 0xf00) {
                m.sent.push_back(value);
            } else if (offset >= 0xf10 && offset < 0xf20) {
                for (uint32_t i = 0; i < 4; i++) { // a byte for each line, a bit for each sender
                    auto& line = m.lines.lines[offset - 0xf10 + i];
                    line.pending = line.pending && (value >> 8 * i & 0xff) != 0xff;
                }
            } else {
                EXPECT_TRUE(m.lines.write(offset, value, sizeof(T))) << offset;
            }
            return;
        }
        switch (offset) {
        case 0x00:
            m.cpu_control = value;
            break;
        case 0x04:
            m.mask = value;
            break;
        case 0x10:
            EXPECT_EQ(value & 0x400U, 0x400U) << "the whole word must come back";
            EXPECT_TRUE(m.lines.lines[value & 0x3ffU].active);
            m.lines.lines[value & 0x3ffU].active = false;
            break;
        default:
            ADD_FAILURE() << "write to GICC register " << offset;
        }
    }
};

using Gic = uk::intctlr::GicV2<Io>;

Gic of(Machine& machine) {
    return Gic(Io{&machine, false}, Io{&machine, true});
}

TEST(GicV2, StartsQuietlyWhateverWasThere) {
    Machine machine;
    machine.lines.leave_in_use();
    Gic gic = of(machine);
    ASSERT_TRUE(gic.start().ok());
    EXPECT_EQ(gic.line_count(), 288u);
    EXPECT_FALSE(machine.signals());
    for (const auto& line : machine.lines.lines) {
        EXPECT_FALSE(line.enabled || line.pending || line.active);
    }
    EXPECT_TRUE(Gic::is_spurious(gic.acknowledge()));
}

TEST(GicV2, DeliversOnlyOpenLinesAndEachOnce) {
    Machine machine;
    machine.lines.own_target = 4;
    Gic gic = of(machine);
    ASSERT_TRUE(gic.start().ok());
    for (uint32_t id : {16U, 27U, 31U, 32U, 33U, 100U, 287U}) {
        for (Trigger trigger : {Trigger::edge, Trigger::level}) {
            ASSERT_TRUE(gic.disable(id).ok());
            ASSERT_TRUE(gic.enable(id, trigger).ok());
            auto& line = machine.lines.lines[id];
            EXPECT_EQ(line.edge, trigger == Trigger::edge);
            EXPECT_EQ(line.targets, id < 32 ? 0 : 4);
            ASSERT_TRUE(gic.disable(id).ok());
            machine.lines.raise(id);
            EXPECT_FALSE(machine.signals());
            ASSERT_TRUE(gic.enable(id, trigger).ok());
            EXPECT_TRUE(machine.signals()) << "what was raised while closed must not get lost";
            uint32_t taken = gic.acknowledge();
            EXPECT_FALSE(Gic::is_spurious(taken));
            EXPECT_EQ(Gic::line_of(taken), id);
            EXPECT_TRUE(Gic::is_spurious(gic.acknowledge()));
            line.raised = false;
            gic.end(taken);
            EXPECT_FALSE(machine.signals());
        }
    }
}

TEST(GicV2, RaisesALineByItself) {
    Machine machine;
    Gic gic = of(machine);
    ASSERT_TRUE(gic.start().ok());
    for (uint32_t id : {32U, 63U, 64U, 287U}) {
        ASSERT_TRUE(gic.enable(id, Trigger::edge).ok());
        gic.raise(id);
        for (const auto& line : machine.lines.lines) {
            EXPECT_EQ(line.pending, &line == &machine.lines.lines[id]);
        }
        const uint32_t taken = gic.acknowledge();
        EXPECT_EQ(Gic::line_of(taken), id);
        gic.end(taken);
        EXPECT_TRUE(Gic::is_spurious(gic.acknowledge())) << "once";
        ASSERT_TRUE(gic.disable(id).ok());
        gic.raise(id);
        EXPECT_TRUE(Gic::is_spurious(gic.acknowledge())) << "it is closed";
        ASSERT_TRUE(gic.enable(id, Trigger::edge).ok());
        gic.end(gic.acknowledge());
        EXPECT_TRUE(Gic::is_spurious(gic.acknowledge()));
    }
}

// Lines 0 to 31 are each CPU's own, and so are the registers that join() may write.
TEST(GicV2, TakesFurtherCpus) {
    Machine first;
    Gic gic = of(first);
    ASSERT_TRUE(gic.start().ok());
    EXPECT_EQ(gic.target(), 1);
    Machine second;
    second.lines.own_target = 4;
    second.lines.leave_in_use();
    const auto before = second.lines.lines;
    Gic on_second = of(second);
    on_second.join();
    EXPECT_EQ(on_second.target(), 4);
    EXPECT_EQ(second.cpu_control, 1U);
    EXPECT_EQ(second.mask, 0xf0U);
    for (uint32_t i = 0; i < 288; i++) {
        const auto& line = second.lines.lines[i];
        if (i < 32) {
            EXPECT_FALSE(line.pending || line.active || line.enabled) << i;
        } else {
            EXPECT_EQ(line.enabled, before[i].enabled);
            EXPECT_EQ(line.pending, before[i].pending);
            EXPECT_EQ(line.active, before[i].active);
        }
    }
}

TEST(GicV2, SendsToSomeCpusOrToAllOthers) {
    Machine machine;
    Gic gic = of(machine);
    gic.send(0x01, 0);
    gic.send(0x84, 15);
    gic.send_to_others(7);
    EXPECT_EQ(machine.sent, (std::vector<uint32_t>{0x1'0000, 0x84'000f, 0x100'0007}));
}

TEST(GicV2, LeavesTheNeighboursAlone) {
    Machine machine;
    Gic gic = of(machine);
    ASSERT_TRUE(gic.start().ok());
    ASSERT_TRUE(gic.enable(40, Trigger::edge).ok());
    ASSERT_TRUE(gic.enable(41, Trigger::level).ok());
    ASSERT_TRUE(gic.disable(41).ok());
    for (uint32_t id = 0; id < 288; id++) {
        EXPECT_EQ(machine.lines.lines[id].enabled, id == 40) << id;
        EXPECT_EQ(machine.lines.lines[id].edge, id == 40) << id;
    }
}

TEST(GicV2, RefusesLinesThatAreNotThere) {
    Machine machine;
    machine.typer = 0x1f; // claims 1024
    machine.lines.count = 1020;
    Gic gic = of(machine);
    ASSERT_TRUE(gic.start().ok());
    EXPECT_EQ(gic.line_count(), 1020u);
    size_t before = machine.writes;
    for (uint32_t id : {1020U, 1023U, 1024U, ~0U}) {
        EXPECT_EQ(gic.enable(id, Trigger::level).code(), Errno::inval);
        EXPECT_EQ(gic.disable(id).code(), Errno::inval);
    }
    EXPECT_EQ(machine.writes, before);
    EXPECT_TRUE(gic.enable(1019, Trigger::level).ok());
}

TEST(GicV2, RefusesVersionsItDoesNotKnow) {
    for (uint32_t version : {0U, 3U, 4U, 15U}) {
        Machine machine;
        machine.identification = version << 16 | 0x43b;
        EXPECT_EQ(of(machine).start().code(), Errno::nodev) << version;
        EXPECT_EQ(machine.writes, 0u);
    }
    Machine first;
    first.identification = 0x0001043b;
    EXPECT_TRUE(of(first).start().ok());
}

TEST(GicV2, KnowsWhatIsNoInterrupt) {
    for (uint32_t id = 0; id < 1024; id++) {
        EXPECT_EQ(Gic::is_spurious(id | 0x1c00), id >= 1020) << id;
    }
}

TEST(Gic, ReadsInterruptSpecifiers) {
    using uk::intctlr::gic_line;
    EXPECT_EQ(gic_line(0, 1).value_or(0U), 33u);
    EXPECT_EQ(gic_line(0, 987).value_or(0U), 1019u);
    EXPECT_EQ(gic_line(1, 11).value_or(0U), 27u);
    EXPECT_EQ(gic_line(1, 15).value_or(0U), 31u);
    for (auto [kind, number] : {std::pair{0U, 988U}, {1U, 16U}, {2U, 0U}, {0U, ~0U}, {~0U, 1U}}) {
        EXPECT_EQ(gic_line(kind, number).code(), Errno::inval);
    }
    using uk::intctlr::gic_trigger;
    EXPECT_EQ(gic_trigger(1), Trigger::edge);
    EXPECT_EQ(gic_trigger(2), Trigger::edge);
    EXPECT_EQ(gic_trigger(4), Trigger::level);
    EXPECT_EQ(gic_trigger(0xf08), Trigger::level);
}

} // namespace
