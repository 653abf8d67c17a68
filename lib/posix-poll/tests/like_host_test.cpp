// SPDX-License-Identifier: BSD-3-Clause
// Random operations on counters, pipes and epolls, ours and the host's side by side: the same
// results, the same events in the same order.
#include <algorithm>
#include <random>
#include <sstream>

#include <signal.h>

#include <uk/fakes/effort.hpp>

#include "both.hpp"

namespace poll_tests {
namespace {

class LikeHost : public testing::Test {
  protected:
    // What stands in a place of the world.
    enum Kind { kEvent, kSemaphore, kSmallPipe, kPagePipe, kEpoll, kRegular, kKinds };
    struct Slot {
        Both both;
        Kind kind = kEvent;
        bool reads = true, writes = true;
        size_t pipe = 0; // which
    };
    static constexpr size_t kMostSlots = 14;

    ~LikeHost() override {
        while (!slots_.empty())
            close_slot(0);
    }

    unsigned below(unsigned most) { return static_cast<unsigned>(random_() % most); }
    template <class T>
    T one_of(std::initializer_list<T> list) {
        return list.begin()[below(static_cast<unsigned>(list.size()))];
    }
    Slot& any_slot() { return slots_[below(static_cast<unsigned>(slots_.size()))]; }
    Slot* epoll_slot() {
        for (int tries = 0; tries < 20; tries++) {
            Slot& slot = any_slot();
            if (slot.kind == kEpoll)
                return &slot;
        }
        return nullptr;
    }

    void open_some() {
        const auto kind = static_cast<Kind>(below(kKinds));
        switch (kind) {
        case kEvent:
        case kSemaphore: {
            const unsigned start = below(3);
            slots_.push_back({both_event(start, kind == kSemaphore ? EFD_SEMAPHORE : 0), kind});
            break;
        }
        case kSmallPipe:
        case kPagePipe: {
            auto [reader, writer] = both_pipe();
            held_.push_back(0);
            slots_.push_back({std::move(reader), kind, true, false, held_.size() - 1});
            slots_.push_back({std::move(writer), kind, false, true, held_.size() - 1});
            break;
        }
        case kEpoll:
            slots_.push_back({both_epoll(), kind, false, false});
            break;
        default:
            slots_.push_back({both_regular(), kind, false, false});
        }
    }
    void close_slot(size_t index) {
        note("close", slots_[index].both.host);
        close(slots_[index].both.host);
        slots_.erase(slots_.begin() + static_cast<long>(index));
    }
    void dup_slot() {
        Slot copy = any_slot();
        copy.both.host = dup(copy.both.host);
        note("dup to", copy.both.host);
        slots_.push_back(copy);
    }

    // Small pipes never come near their end, so that it does not matter how the host divides them.
    void write_some() {
        Slot& slot = any_slot();
        if (!slot.writes)
            return;
        std::string bytes(8, '\0');
        if (slot.kind == kSmallPipe) {
            bytes.resize(held_[slot.pipe] > 2000 ? 0 : 1 + below(100));
        } else if (slot.kind == kPagePipe) {
            bytes.resize(one_of({4096u, 8192u, 40960u, 65536u}));
        } else {
            const uint64_t by = one_of<uint64_t>({0, 1, 2, 5, Event::kMost, Event::kMost - 3});
            bytes.assign(reinterpret_cast<const char*>(&by), 8);
        }
        const long ours = number(host_write(*slot.both.ours, bytes.data(), bytes.size()));
        const long host = host_number(write(slot.both.host, bytes.data(), bytes.size()));
        note("write", slot.both.host, "kind", slot.kind, "bytes", bytes.size(), "=", host);
        ASSERT_EQ(ours, host);
        if (host > 0)
            held_[slot.pipe] += static_cast<size_t>(host);
    }
    void read_some() {
        Slot& slot = any_slot();
        if (!slot.reads)
            return;
        const size_t size = slot.kind == kSmallPipe  ? 1 + below(300)
                            : slot.kind == kPagePipe ? one_of({4096u, 8192u, 65536u})
                                                     : one_of({8u, 16u, 7u});
        std::string ours(size, 'x'), host(size, 'x');
        const long got = number(host_read(*slot.both.ours, ours.data(), size));
        note("read", slot.both.host, "kind", slot.kind, "bytes", size, "=", got);
        ASSERT_EQ(got, host_number(read(slot.both.host, host.data(), size)));
        ASSERT_EQ(ours, host);
        if (got > 0)
            held_[slot.pipe] -= static_cast<size_t>(got);
    }

    void control() {
        Slot* epoll = epoll_slot();
        if (epoll == nullptr)
            return;
        Slot& target = any_slot();
        const int operation = one_of({EPOLL_CTL_ADD, EPOLL_CTL_ADD, EPOLL_CTL_ADD, EPOLL_CTL_MOD,
                                      EPOLL_CTL_MOD, EPOLL_CTL_DEL, 9});
        uint32_t events = one_of<uint32_t>(
            {EPOLLIN, EPOLLOUT, EPOLLIN | EPOLLOUT, EPOLLIN | EPOLLRDHUP, EPOLLRDNORM, 0});
        events |=
            one_of<uint32_t>({0, 0, EPOLLET, EPOLLONESHOT, EPOLLET | EPOLLONESHOT, EPOLLEXCLUSIVE});
        const uint64_t data = random_();
        epoll_event event{}; // packed: no reference may bind to its data
        event.events = events;
        event.data.u64 = data;
        const uk_epoll_event same = {events, data};
        const long ours =
            number(Epoll::of(*epoll->both.ours)
                       ->configure(operation, *target.both.ours, target.both.host, same));
        const long host =
            host_number(epoll_ctl(epoll->both.host, operation, target.both.host, &event));
        note("control", epoll->both.host, operation, target.both.host, "kind", target.kind,
             std::hex, events, data, std::dec, "=", host);
        ASSERT_EQ(ours, host);
    }

    void wait_now() {
        Slot* epoll = epoll_slot();
        if (epoll == nullptr)
            return;
        const unsigned most = 1 + below(5);
        epoll_event host[5];
        const int count = epoll_wait(epoll->both.host, host, static_cast<int>(most), 0);
        std::vector<std::pair<uint32_t, uint64_t>> theirs, ours;
        for (int i = 0; i < count; i++)
            theirs.emplace_back(uint32_t{host[i].events}, uint64_t{host[i].data.u64});
        const auto got =
            Epoll::of(*epoll->both.ours)->wait(most, 0, [&](uint32_t events, uint64_t data) {
                ours.emplace_back(events, data);
                return true;
            });
        note("wait", epoll->both.host, "most", most, "=", count);
        for (const auto& [events, data] : theirs)
            note("   host:", std::hex, events, data);
        for (const auto& [events, data] : ours)
            note("   ours:", std::hex, events, data);
        ASSERT_EQ(number(got), count);
        ASSERT_EQ(ours, theirs);
    }

    void poll_now() {
        std::vector<pollfd> host;
        PollSet set;
        const size_t count = below(static_cast<unsigned>(slots_.size())) + 1;
        ASSERT_TRUE(set.prepare(count).ok());
        for (size_t i = 0; i < count; i++) {
            const auto events =
                one_of<short>({POLLIN, POLLOUT, POLLIN | POLLOUT, POLLPRI, POLLRDNORM, 0});
            Slot& slot = any_slot();
            host.push_back({slot.both.host, events, 0});
            set[i].watch(slot.both.ours, static_cast<uint32_t>(events | POLLERR | POLLHUP));
        }
        const int found = poll(host.data(), host.size(), 0);
        note("poll of", count, "=", found);
        ASSERT_EQ(number(set.wait(0)), found);
        for (size_t i = 0; i < count; i++)
            ASSERT_EQ(set[i].ready, static_cast<uint32_t>(host[i].revents)) << i;
    }

    void step() {
        const unsigned what = below(100);
        if (slots_.size() < 4 || (what < 6 && slots_.size() < kMostSlots))
            open_some();
        else if (what < 9)
            close_slot(below(static_cast<unsigned>(slots_.size())));
        else if (what < 12 && slots_.size() < kMostSlots)
            dup_slot();
        else if (what < 35)
            write_some();
        else if (what < 52)
            read_some();
        else if (what < 70)
            control();
        else if (what < 90)
            wait_now();
        else
            poll_now();
    }

    // What was done, for whoever looks for a difference.
    template <class... Parts>
    void note(const Parts&... parts) {
        std::ostringstream text;
        ((text << parts << ' '), ...);
        trace_.push_back(text.str());
    }
    std::string last_steps() {
        std::string text;
        for (size_t i = trace_.size() > 40 ? trace_.size() - 40 : 0; i < trace_.size(); i++)
            text += trace_[i] + "\n";
        return text;
    }

    std::vector<std::string> trace_;
    std::minstd_rand random_;
    std::vector<Slot> slots_;
    std::vector<size_t> held_{0}; // bytes in each small pipe
};

TEST_F(LikeHost, RandomOperations) {
    signal(SIGPIPE, SIG_IGN);
    for (unsigned seed = 1; seed <= uk::fakes::effort(60); seed++) {
        random_.seed(seed);
        for (int i = 0; i < 2000; i++) {
            step();
            if (HasFatalFailure()) {
                ADD_FAILURE() << "seed " << seed << ", step " << i << "\n" << last_steps();
                return;
            }
        }
        while (!slots_.empty())
            close_slot(0);
    }
}

// How deep sets may stand in each other, built from the outside and from the inside.
TEST_F(LikeHost, Nesting) {
    for (const bool outwards : {true, false}) {
        std::vector<Both> chain(8);
        for (Both& one : chain)
            one = both_epoll();
        epoll_event event{};
        event.events = EPOLLIN;
        const uk_epoll_event same = {EPOLLIN, 0};
        for (size_t n = 0; n + 1 < chain.size(); n++) {
            const size_t outer = outwards ? n + 1 : n;
            Both& from = chain[outer];
            Both& to = chain[outwards ? outer - 1 : outer + 1];
            const long host = host_number(epoll_ctl(from.host, EPOLL_CTL_ADD, to.host, &event));
            const long ours =
                number(Epoll::of(*from.ours)->configure(EPOLL_CTL_ADD, *to.ours, to.host, same));
            EXPECT_EQ(ours, host) << "set " << n << (outwards ? " outwards" : " inwards");
        }
        for (Both& one : chain)
            close(one.host);
    }
}

} // namespace
} // namespace poll_tests
