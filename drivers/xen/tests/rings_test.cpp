// SPDX-License-Identifier: BSD-3-Clause
// Console ring, event bits and grant entries over ordinary memory.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include <uk/xen/console_ring.hpp>
#include <uk/xen/events.hpp>
#include <uk/xen/grants.hpp>

namespace {

using namespace uk::xen;
using uk::Errno;

struct Reader {
    ConsolePage page{};
    std::string seen;
    unsigned notified = 0;
    unsigned waits = 0;
    unsigned patience = 1000;
    bool reads = true;

    void take() {
        while (reads && page.out_consumed != page.out_produced) {
            seen += page.out[page.out_consumed++ % sizeof page.out];
        }
    }
};

struct Port {
    Reader* reader;
    void notify() { reader->notified++; }
    bool wait(unsigned round) {
        reader->waits++;
        reader->take();
        return round < reader->patience;
    }
};

TEST(ConsoleRing, PassesMoreThanItHolds) {
    Reader reader;
    ConsoleRing<Port> ring(reader.page, Port{&reader});
    std::string text;
    for (int i = 0; i < 5000; i++) {
        text += std::to_string(i) + "\n";
    }
    EXPECT_TRUE(ring.write_all(text.data(), text.size()).ok());
    EXPECT_TRUE(ring.flush());
    EXPECT_EQ(reader.seen, text);
    EXPECT_GE(reader.notified, text.size() / 2048);
}

TEST(ConsoleRing, AReaderThatSleepsIsWaitedForOnce) {
    Reader reader;
    reader.reads = false;
    ConsoleRing<Port> ring(reader.page, Port{&reader});
    std::string text(3000, 'x');
    EXPECT_EQ(ring.write_all(text.data(), text.size()).code(), Errno::io);
    unsigned waits = reader.waits;
    EXPECT_EQ(waits, reader.patience + 1);
    EXPECT_EQ(ring.write_all("y", 1).code(), Errno::io);
    EXPECT_FALSE(ring.flush());
    EXPECT_EQ(reader.waits, waits);
    reader.reads = true; // awake again
    reader.take();
    EXPECT_EQ(reader.seen, std::string(2048, 'x'));
    EXPECT_TRUE(ring.write_all("z", 1).ok());
    EXPECT_TRUE(ring.flush());
    EXPECT_EQ(reader.seen.back(), 'z');
}

TEST(ConsoleRing, ReadsWhatIsThere) {
    Reader reader;
    ConsoleRing<Port> ring(reader.page, Port{&reader});
    char text[8];
    EXPECT_EQ(ring.read_some(text, sizeof text).value_or(9), 0U);
    EXPECT_FALSE(ring.readable());
    for (char c : std::string("hello, you")) {
        reader.page.in[reader.page.in_produced++ % sizeof reader.page.in] = c;
    }
    EXPECT_EQ(ring.read_some(text, sizeof text).value_or(0), 8U);
    EXPECT_EQ(std::string(text, 8), "hello, y");
    EXPECT_TRUE(ring.readable());
    EXPECT_EQ(ring.read_some(text, sizeof text).value_or(0), 2U);
    EXPECT_FALSE(ring.readable());
    EXPECT_EQ(reader.notified, 2U);
}

TEST(ConsoleRing, CountersThatLieAreAnError) {
    Reader reader;
    ConsoleRing<Port> ring(reader.page, Port{&reader});
    reader.page.out_consumed = 1;
    EXPECT_EQ(ring.write_all("a", 1).code(), Errno::proto);
    reader.page.in_produced = 1025;
    char text[8];
    EXPECT_EQ(ring.read_some(text, sizeof text).code(), Errno::proto);
    reader.page.in_produced = 1024;
    EXPECT_EQ(ring.read_some(text, sizeof text).value_or(0), 8U);
}

TEST(ConsoleRing, CountersMayWrap) {
    Reader reader;
    reader.page.out_consumed = reader.page.out_produced = 0xffffff00;
    ConsoleRing<Port> ring(reader.page, Port{&reader});
    std::string text(1000, 'w');
    EXPECT_TRUE(ring.write_all(text.data(), text.size()).ok());
    EXPECT_TRUE(ring.flush());
    EXPECT_EQ(reader.seen, text);
}

TEST(Events, ArePassedOnOnceAndOnlyIfNotMasked) {
    auto info = std::make_unique<SharedInfo>();
    mask_all_events(*info);
    std::vector<EventPort> seen;
    auto handle = [&](EventPort port) { seen.push_back(port); };
    for (EventPort port : {0U, 5U, 63U, 64U, 4095U}) {
        info->pending[port / 64] |= event_bit(port);
        info->vcpu[0].pending_words |= uint64_t{1} << (port / 64);
    }
    info->mask[0] &= ~(event_bit(0) | event_bit(63));
    info->mask[63] = 0;
    info->vcpu[0].upcall_pending = 1;
    take_events(*info, info->vcpu[0], handle);
    EXPECT_EQ(seen, (std::vector<EventPort>{0, 63, 4095}));
    EXPECT_EQ(info->vcpu[0].upcall_pending, 0);
    EXPECT_EQ(info->vcpu[0].pending_words, 0U);
    seen.clear();
    info->vcpu[0].pending_words = ~uint64_t{0};
    take_events(*info, info->vcpu[0], handle);
    EXPECT_TRUE(seen.empty());
    EXPECT_TRUE(take_event(*info, 5)); // masked, so still there
    EXPECT_FALSE(take_event(*info, 5));
    EXPECT_FALSE(take_event(*info, 4096));
    mask_event(*info, 4096);
    mask_event(*info, 4095);
    EXPECT_EQ(info->mask[63], uint64_t{1} << 63);
}

TEST(Events, OfOtherCpusStayWhereTheyAre) {
    auto info = std::make_unique<SharedInfo>();
    EventSet elsewhere{};
    elsewhere.add(3);
    elsewhere.add(130);
    for (EventPort port : {2U, 3U, 129U, 130U}) {
        info->pending[port / 64] |= event_bit(port);
    }
    info->vcpu[0].pending_words = 0b101;
    std::vector<EventPort> seen;
    take_events(
        *info, info->vcpu[0], [&](EventPort port) { seen.push_back(port); }, &elsewhere);
    EXPECT_EQ(seen, (std::vector<EventPort>{2, 129}));
    info->vcpu[1].pending_words = 0b101;
    info->vcpu[1].upcall_pending = 1;
    EXPECT_EQ(begin_upcall(info->vcpu[1]), 0b101U);
    EXPECT_EQ(info->vcpu[1].upcall_pending, 0);
    EXPECT_EQ(begin_upcall(info->vcpu[1]), 0U);
    EXPECT_TRUE(take_event(*info, 3));
    EXPECT_TRUE(take_event(*info, 130));
}

TEST(Events, AreMarkedAsIfTheOtherSideHadSent) {
    auto info = std::make_unique<SharedInfo>();
    for (EventPort port : {1U, 63U, 64U, kEventPorts - 1}) {
        mark_event(*info, port);
        mark_event(*info, port);
        for (unsigned word = 0; word < kEventPorts / 64; word++) {
            EXPECT_EQ(info->pending[word], word == port / 64 ? event_bit(port) : 0);
        }
        EXPECT_EQ(info->vcpu[0].upcall_pending, 0) << "Xen calls when it looks at the mark";
        EXPECT_TRUE(take_event(*info, port));
        EXPECT_FALSE(take_event(*info, port));
    }
    const SharedInfo before = *info;
    mark_event(*info, kEventPorts);
    mark_event(*info, ~0U);
    EXPECT_EQ(memcmp(&before, info.get(), sizeof before), 0);
}

struct Frames {
    uint64_t machine_frame(uk::Paddr page) const { return page.page_number() + 1000; }
};

TEST(Grants, NamePagesByTheMachinesNumber) {
    GrantEntry entries[16]{};
    uint32_t next[16];
    GrantTable<Frames> table(entries, next, 16, Frames{});
    auto shared = table.share(7, uk::Paddr{0x5123}, Sharing::read_only);
    ASSERT_TRUE(shared.ok());
    uint32_t number = table.reference(shared.value());
    EXPECT_GE(number, kReservedGrants);
    EXPECT_EQ(shared.value().page_offset(), 0x123U);
    EXPECT_EQ(entries[number].flags, 5);
    EXPECT_EQ(entries[number].domain, 7);
    EXPECT_EQ(entries[number].frame, 1005U);
    entries[number].flags |= 1 << 3; // mapped for reading
    EXPECT_EQ(table.end(shared.value()).code(), Errno::busy);
    entries[number].flags &= 7;
    EXPECT_TRUE(table.end(shared.value()).ok());
    EXPECT_EQ(entries[number].flags, 0);
    EXPECT_EQ(table.end(shared.value()).code(), Errno::inval);
}

TEST(Grants, RunOutAndComeBack) {
    GrantEntry entries[16]{};
    uint32_t next[16];
    GrantTable<Frames> table(entries, next, 16, Frames{});
    std::vector<uk::DmaAddr> given;
    for (auto one = table.share(0, uk::Paddr{0}, Sharing::writable); one.ok();
         one = table.share(0, uk::Paddr{0}, Sharing::writable)) {
        given.push_back(one.value());
    }
    EXPECT_EQ(given.size(), 8U);
    EXPECT_EQ(table.share(0, uk::Paddr{0}, Sharing::writable).code(), Errno::nospc);
    for (uk::DmaAddr one : given) {
        EXPECT_TRUE(table.end(one).ok());
    }
    EXPECT_TRUE(table.share(0, uk::Paddr{0}, Sharing::writable).ok());
    EXPECT_EQ(table.share(0, uk::Paddr{uint64_t{1} << 44}, Sharing::writable).code(), Errno::range);
    EXPECT_EQ(table.end(uk::DmaAddr{0}).code(), Errno::inval);
    EXPECT_EQ(table.end(uk::DmaAddr{~uint64_t{0}}).code(), Errno::inval);
    GrantTable<Frames> none(entries, next, 4, Frames{});
    EXPECT_EQ(none.share(0, uk::Paddr{0}, Sharing::writable).code(), Errno::nospc);
}

} // namespace
