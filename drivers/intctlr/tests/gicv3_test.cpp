// SPDX-License-Identifier: BSD-3-Clause
// Host tests of the GICv3 driver against a model of distributor, redistributors and CPU interface.
#include "drivers/intctlr/tests/fake_gic.hpp"

#include <uk/intctlr/gicv3.hpp>

#include <vector>

namespace {

using fake_gic::kNothing;
using uk::Errno;
using uk::intctlr::Trigger;

struct Redistributor {
    uint32_t affinity = 0;
    bool virtual_lpis = false;
    bool last = false;
};

struct Machine {
    fake_gic::Lines shared{};
    fake_gic::Lines own{}; // of the redistributor `used`
    std::vector<Redistributor> redistributors{{0, false, true}};
    size_t used = 0;
    uint32_t identification = 0x3b;
    uint32_t typer = 8;
    uint32_t control = 0x80 | 3, waker = 6;
    int busy_for = 2; // reads that still show RWP after a write
    int busy = 0;
    bool wakes = true, sre_locked = false;
    uint32_t sre = 0, pmr = 0, group_1_on = 0, ctlr = 0x400;
    std::vector<uint64_t> sent{};
    size_t writes = 0;

    Machine() {
        shared.first = 32;
        shared.count = 256;
        own.count = 32;
    }
    uint32_t best() {
        if (group_1_on != 1 || sre != 1 || (control & 0x12) != 0x12 || waker != 0) {
            return kNothing;
        }
        uint32_t id = own.best(pmr, true);
        return id != kNothing ? id : shared.best(pmr, true);
    }
    bool is_busy() {
        if (busy > 0) {
            busy--;
            return true;
        }
        return busy < 0;
    }
    void wrote() {
        writes++;
        busy = busy_for;
    }
    // Which redistributor an offset of the region lies in, and where.
    size_t locate(uint32_t& offset) {
        for (size_t i = 0; i < redistributors.size(); i++) {
            uint32_t size = redistributors[i].virtual_lpis ? 0x40000 : 0x20000;
            if (offset < size) {
                return i;
            }
            offset -= size;
        }
        ADD_FAILURE() << "access behind the redistributors";
        return 0;
    }
};

struct Io {
    Machine* machine;
    bool distributor;
    template <class T>
    T read(uint32_t offset) {
        static_assert(sizeof(T) == 4);
        return distributor ? read_distributor(offset) : read_redistributor(offset);
    }
    uint32_t read_distributor(uint32_t offset) {
        Machine& m = *machine;
        uint32_t value = 0;
        switch (offset) {
        case 0x0000:
            return m.control | (m.is_busy() ? 1U << 31 : 0U);
        case 0x0004:
            return m.typer;
        case 0xffe8:
            return m.identification;
        default:
            EXPECT_TRUE(m.shared.read(offset, value)) << "read of GICD register " << offset;
            return value;
        }
    }
    uint32_t read_redistributor(uint32_t offset) {
        Machine& m = *machine;
        uint32_t value = 0;
        size_t i = m.locate(offset);
        const Redistributor& it = m.redistributors[i];
        switch (offset) {
        case 0x0000:
            EXPECT_EQ(i, m.used);
            return m.is_busy() ? 1U << 3 : 0U;
        case 0x0008:
            return (it.virtual_lpis ? 2U : 0U) | (it.last ? 0x10U : 0U);
        case 0x000c:
            return it.affinity;
        case 0x0014:
            EXPECT_EQ(i, m.used);
            return m.waker;
        case 0xffe8:
            return m.identification;
        default:
            EXPECT_EQ(i, m.used);
            EXPECT_TRUE(offset >= 0x10000 && m.own.read(offset - 0x10000, value))
                << "read of GICR register " << offset;
            return value;
        }
    }
    template <class T>
    void write(uint32_t offset, T value) {
        Machine& m = *machine;
        m.wrote();
        if (!distributor) {
            EXPECT_EQ(m.locate(offset), m.used);
            if (offset == 0x0014) {
                m.waker = m.wakes && (value & 2) == 0 ? 0U : m.waker;
            } else {
                EXPECT_TRUE(offset >= 0x10000 &&
                            m.own.write(offset - 0x10000, static_cast<uint32_t>(value), sizeof(T)))
                    << offset;
            }
        } else if (offset == 0x0000) {
            m.control = static_cast<uint32_t>(value);
        } else if (offset >= 0x6100 && offset < 0x8000) {
            EXPECT_EQ(sizeof(T), 8u);
            m.shared.lines[(offset - 0x6000) / 8].route = value;
        } else {
            EXPECT_TRUE(m.shared.write(offset, static_cast<uint32_t>(value), sizeof(T))) << offset;
        }
    }
};

struct Cpu {
    Machine* m;
    uint32_t sre() { return m->sre; }
    void set_sre(uint32_t value) { m->sre = m->sre_locked ? 0 : value; }
    void set_pmr(uint32_t value) { m->pmr = value; }
    void set_bpr1(uint32_t value) { EXPECT_EQ(value, 0u); }
    void set_ctlr(uint32_t value) { EXPECT_EQ(value, 0u); }
    uint32_t ctlr() { return m->ctlr; }
    void set_igrpen1(uint32_t value) { m->group_1_on = value; }
    void set_sgi1r(uint64_t value) { m->sent.push_back(value); }
    uint32_t iar1() {
        uint32_t id = m->best();
        return id < 32 ? m->own.take(id) : m->shared.take(id);
    }
    void set_eoir1(uint32_t id) {
        auto& line = (id < 32 ? m->own : m->shared).lines[id];
        EXPECT_TRUE(line.active);
        line.active = false;
    }
};

using Gic = uk::intctlr::GicV3<Io, Cpu>;

Gic of(Machine& machine, uint64_t size = 0x20000) {
    return Gic(Io{&machine, true}, Io{&machine, false}, size, Cpu{&machine});
}

TEST(GicV3, StartsQuietlyWhateverWasThere) {
    Machine machine;
    machine.shared.leave_in_use();
    machine.own.leave_in_use();
    Gic gic = of(machine);
    ASSERT_TRUE(gic.start(0x80000000).ok()); // MPIDR_EL1's bit 31 is no affinity
    EXPECT_EQ(gic.line_count(), 288u);
    for (const auto* lines : {&machine.shared, &machine.own}) {
        for (const auto& line : lines->lines) {
            EXPECT_FALSE(line.enabled || line.pending || line.active);
        }
    }
    EXPECT_TRUE(Gic::is_spurious(gic.acknowledge()));
}

TEST(GicV3, DeliversOnlyOpenLinesAndEachOnce) {
    Machine machine;
    machine.redistributors = {{0x01020304, false, true}};
    Gic gic = of(machine);
    ASSERT_TRUE(gic.start(0x01'8002'0304).ok());
    for (uint32_t id : {16U, 27U, 31U, 32U, 33U, 100U, 287U}) {
        fake_gic::Lines& lines = id < 32 ? machine.own : machine.shared;
        for (Trigger trigger : {Trigger::edge, Trigger::level}) {
            ASSERT_TRUE(gic.enable(id, trigger).ok());
            auto& line = lines.lines[id];
            EXPECT_EQ(line.edge, trigger == Trigger::edge);
            EXPECT_EQ(line.route, id < 32 ? 0U : 0x01'0002'0304U);
            ASSERT_TRUE(gic.disable(id).ok());
            lines.raise(id);
            EXPECT_EQ(machine.best(), kNothing);
            ASSERT_TRUE(gic.enable(id, trigger).ok());
            EXPECT_EQ(machine.best(), id) << "what was raised while closed must not get lost";
            uint32_t taken = gic.acknowledge();
            EXPECT_FALSE(Gic::is_spurious(taken));
            EXPECT_EQ(Gic::line_of(taken), id);
            EXPECT_TRUE(Gic::is_spurious(gic.acknowledge()));
            line.raised = false;
            gic.end(taken);
            EXPECT_EQ(machine.best(), kNothing);
        }
    }
}

TEST(GicV3, RaisesALineByItself) {
    Machine machine;
    machine.redistributors = {{0x01020304, false, true}};
    Gic gic = of(machine);
    ASSERT_TRUE(gic.start(0x01'8002'0304).ok());
    for (uint32_t id : {32U, 63U, 64U, 287U}) {
        ASSERT_TRUE(gic.enable(id, Trigger::edge).ok());
        gic.raise(id);
        for (const auto& line : machine.shared.lines) {
            EXPECT_EQ(line.pending, &line == &machine.shared.lines[id]);
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

TEST(GicV3, FindsTheRedistributorOfThisCpu) {
    for (size_t cpu = 0; cpu < 4; cpu++) {
        Machine machine;
        machine.redistributors = {
            {0, false, false}, {1, true, false}, {2, true, false}, {0x100, false, true}};
        machine.used = cpu;
        Gic gic = of(machine, 0x200000);
        ASSERT_TRUE(gic.start(machine.redistributors[cpu].affinity).ok());
        ASSERT_TRUE(gic.enable(27, Trigger::level).ok());
        EXPECT_TRUE(machine.own.lines[27].enabled);
    }
}

TEST(GicV3, MissesTheRedistributorOfThisCpu) {
    Machine machine;
    machine.redistributors = {{0, false, false}, {1, false, true}};
    EXPECT_EQ(of(machine, 0x40000).start(2).code(), Errno::nodev);
    EXPECT_EQ(of(machine, 0x20000).start(1).code(), Errno::nodev); // behind the region's end
    EXPECT_EQ(of(machine, 0x1ffff).start(0).code(), Errno::nodev);
    EXPECT_EQ(of(machine, 0).start(0).code(), Errno::nodev);
    EXPECT_EQ(machine.writes, 0u);
    machine.redistributors[1].last = false; // a list without an end
    EXPECT_EQ(of(machine, 0x40000).start(2).code(), Errno::nodev);
}

TEST(GicV3, RefusesVersionsItDoesNotKnow) {
    for (uint32_t version : {0U, 1U, 2U, 5U, 15U}) {
        Machine machine;
        machine.identification = version << 4 | 0xb;
        EXPECT_EQ(of(machine).start(0).code(), Errno::nodev) << version;
        EXPECT_EQ(machine.writes, 0u);
    }
    Machine fourth;
    fourth.identification = 0x4b;
    EXPECT_TRUE(of(fourth).start(0).ok());
}

TEST(GicV3, SaysThatSystemRegistersAreLocked) {
    Machine machine;
    machine.sre_locked = true;
    EXPECT_EQ(of(machine).start(0).code(), Errno::nodev);
    EXPECT_EQ(machine.writes, 0u);
}

TEST(GicV3, GivesUpOnAChipThatStaysBusy) {
    Machine machine;
    machine.busy_for = -1;
    EXPECT_EQ(of(machine).start(0).code(), Errno::timedout);
    Machine asleep;
    asleep.wakes = false;
    EXPECT_EQ(of(asleep).start(0).code(), Errno::timedout);
    Machine later;
    Gic gic = of(later);
    ASSERT_TRUE(gic.start(0).ok());
    later.busy_for = -1;
    EXPECT_EQ(gic.disable(27).code(), Errno::timedout);
    EXPECT_EQ(gic.enable(40, Trigger::level).code(), Errno::timedout);
}

TEST(GicV3, RefusesLinesThatAreNotThere) {
    Machine machine;
    Gic gic = of(machine);
    ASSERT_TRUE(gic.start(0).ok());
    size_t before = machine.writes;
    for (uint32_t id : {288U, 1023U, 8192U, ~0U}) {
        EXPECT_EQ(gic.enable(id, Trigger::level).code(), Errno::inval);
        EXPECT_EQ(gic.disable(id).code(), Errno::inval);
    }
    EXPECT_EQ(machine.writes, before);
}

// Each CPU has a redistributor and system registers of its own; the distributor is left alone.
TEST(GicV3, TakesFurtherCpus) {
    Machine first;
    first.redistributors = {{0, false, false}, {1, true, false}, {0x100, false, true}};
    Gic gic = of(first, 0x200000);
    ASSERT_TRUE(gic.start(0).ok());
    for (size_t i : {1U, 2U}) {
        Machine second;
        second.redistributors = first.redistributors;
        second.used = i;
        second.own.leave_in_use();
        second.shared.leave_in_use();
        const bool shared_enabled = second.shared.lines[100].enabled;
        Gic on_second(Io{&second, true}, Io{&second, false}, 0x200000, Cpu{&second});
        ASSERT_TRUE(on_second.join(first.redistributors[i].affinity).ok());
        for (uint32_t line = 0; line < 32; line++) {
            const auto& own = second.own.lines[line];
            EXPECT_FALSE(own.enabled || own.pending || own.active) << line;
        }
        EXPECT_EQ(second.shared.lines[100].enabled, shared_enabled);
        EXPECT_EQ(second.control, Machine{}.control);
        EXPECT_EQ(second.pmr, 0xf0U);
        EXPECT_EQ(second.group_1_on, 1U);
    }
}

TEST(GicV3, CannotTakeACpuThatItDoesNotKnow) {
    Machine machine;
    machine.redistributors = {{0, false, false}, {1, false, true}};
    Gic gic = of(machine, 0x40000);
    ASSERT_TRUE(gic.start(0).ok());
    EXPECT_EQ(gic.join(2).code(), Errno::nodev);
    machine.sre_locked = true;
    EXPECT_EQ(gic.join(0).code(), Errno::nodev);
    Machine asleep;
    asleep.wakes = false;
    EXPECT_EQ(of(asleep).join(0).code(), Errno::timedout);
}

TEST(GicV3, OpensTheLinesBetweenCpus) {
    Machine machine;
    Gic gic = of(machine);
    ASSERT_TRUE(gic.start(0).ok());
    for (uint32_t line : {0U, 1U, 15U}) {
        ASSERT_TRUE(gic.enable(line, Trigger::edge).ok());
        machine.own.lines[line].pending = true;
        uint32_t taken = gic.acknowledge();
        EXPECT_EQ(Gic::line_of(taken), line);
        gic.end(taken);
    }
}

TEST(GicV3, SendsToOneCpuOrToAllOthers) {
    Machine machine;
    Gic gic = of(machine);
    gic.send(0x80000000, 0);
    gic.send(0x8000'0003, 15);
    gic.send(0x12'80'34'56'0f, 1); // Aff3.-.Aff2.Aff1.Aff0
    gic.send_to_others(7);
    EXPECT_EQ(machine.sent,
              (std::vector<uint64_t>{0x1, 0xf00'0008, 0x0012'0034'0156'8000, 0x100'0700'0000}));
}

// More than 16 CPUs of a cluster are reached by those who have range selectors, both the chip and
// the CPU.
TEST(GicV3, SendsToAsManyAsItCan) {
    constexpr uint32_t kChip = 1U << 26;
    constexpr uint32_t kCpu = 1U << 18;
    for (auto [chip, cpu] : {std::pair{0U, 0U}, {kChip, 0U}, {0U, kCpu}, {kChip, kCpu}}) {
        Machine machine;
        machine.typer |= chip;
        machine.ctlr |= cpu;
        Gic gic = of(machine);
        ASSERT_TRUE(gic.start(0).ok());
        EXPECT_TRUE(gic.can_send_to(0xff'80ff'ff0f));
        EXPECT_EQ(gic.can_send_to(0x10), chip != 0 && cpu != 0);
        EXPECT_EQ(gic.can_send_to(0xff'80ff'ffff), chip != 0 && cpu != 0);
        machine.ctlr &= ~kCpu; // a further CPU that has none
        EXPECT_EQ(gic.join(0).code(), chip != 0 && cpu != 0 ? Errno::nodev : Errno::ok);
    }
    Machine machine;
    Gic gic = of(machine);
    gic.send(0x10, 2);
    gic.send(0x12'80'34'56'ff, 1);
    EXPECT_EQ(machine.sent, (std::vector<uint64_t>{0x1000'0200'0001, 0x0012'f034'0156'8000}));
}

TEST(GicV3, KnowsWhatIsNoInterrupt) {
    for (uint32_t id : {0U, 31U, 1019U, 8192U, 0xffffffU}) {
        EXPECT_FALSE(Gic::is_spurious(id)) << id;
    }
    for (uint32_t id : {1020U, 1021U, 1022U, 1023U}) {
        EXPECT_TRUE(Gic::is_spurious(id)) << id;
    }
}

} // namespace
