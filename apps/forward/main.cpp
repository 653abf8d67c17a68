// SPDX-License-Identifier: BSD-3-Clause
// Forwards frames between two network devices, without a stack, and drops those that rules name.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uk/hal/clock.hpp>
#include <uk/lock.hpp>
#include <uk/netdev.hpp>

#include "filter.hpp"

namespace {

namespace netdev = uk::netdev;

constexpr unsigned kBurst = 32;
constexpr unsigned kMostRules = 16;

constinit netdev::Pool g_pool;
constinit uk::Completion g_event("forward: a frame");
constinit uk::Atomic<bool> g_link_changed{false};

struct Options {
    Rule rules[kMostRules];
    unsigned rule_count = 0;
    unsigned long frames = 0;  // ends after so many
    unsigned long seconds = 0; // or after this time
};

// One direction.
struct Way {
    netdev::Device* from = nullptr;
    netdev::Device* to = nullptr;
    unsigned long forwarded = 0;
    unsigned long dropped = 0; // by a rule
    unsigned long full = 0;    // the other side had no room
};

void on_event(void* /*context*/, uint16_t /*queue*/, uint8_t what) {
    if ((what & netdev::kLink) != 0) {
        g_link_changed.store_release(true);
    }
    g_event.complete();
}

bool is_dropped(const Options& options, const netdev::Buffer& packet) {
    for (unsigned i = 0; i < options.rule_count; i++) {
        if (matches(options.rules[i], {packet.data(), packet.size()})) {
            return true;
        }
    }
    return false;
}

// Returns whether there was anything.
bool forward(Way& way, const Options& options) {
    netdev::Buffer* packets[kBurst];
    const unsigned count = way.from->receive(0, packets);
    unsigned kept = 0;
    for (unsigned i = 0; i < count; i++) {
        if (is_dropped(options, *packets[i])) {
            netdev::release(packets[i]);
            way.dropped++;
        } else {
            packets[kept++] = packets[i];
        }
    }
    const unsigned sent = way.to->transmit(0, {packets, kept});
    for (unsigned i = sent; i < kept; i++) {
        netdev::release(packets[i]);
        way.full++;
    }
    way.forwarded += sent;
    return count != 0;
}

void show_link(const netdev::Device& device, bool up) {
    const uint8_t* mac = device.info().mac.bytes;
    printf("device %u: %02x:%02x:%02x:%02x:%02x:%02x, link %s\n", device.index(), mac[0], mac[1],
           mac[2], mac[3], mac[4], mac[5], up ? "up" : "down");
}

void show_end(const Way& way) {
    const netdev::Counters& in = way.from->counters(0);
    printf("device %u to %u: %lu received, %lu forwarded, %lu dropped by rules, %lu for lack of "
           "room, %lu bad\n",
           way.from->index(), way.to->index(),
           static_cast<unsigned long>(in.rx_packets.load_relaxed()), way.forwarded, way.dropped,
           way.full, static_cast<unsigned long>(in.rx_bad.load_relaxed()));
}

bool parse(int argc, char* argv[], Options& options) {
    for (int i = 1; i < argc; i++) {
        const char* word = argv[i];
        if (strncmp(word, "frames=", 7) == 0) {
            options.frames = strtoul(word + 7, nullptr, 10);
        } else if (strncmp(word, "for=", 4) == 0) {
            options.seconds = strtoul(word + 4, nullptr, 10);
        } else if (strncmp(word, "drop=", 5) != 0 || options.rule_count == kMostRules ||
                   !parse_rule(word + 5, options.rules[options.rule_count++])) {
            fprintf(stderr,
                    "forward: what is %s? Known: drop=<rule> (at most %u), frames=<n>, "
                    "for=<seconds>; rules: arp ipv4 ipv6 icmp tcp udp tcp:<port> udp:<port> "
                    "ip:<protocol> ether:<type>\n",
                    word, kMostRules);
            return false;
        }
    }
    return true;
}

bool start(Way& way, Way& back) {
    way.from = back.to = netdev::find(0);
    way.to = back.from = netdev::find(1);
    if (way.to == nullptr) {
        fprintf(stderr,
                "forward: two network devices are needed, there are %u: make run "
                "NET=\"tap:tap0 tap:tap1\"\n",
                netdev::count());
        return false;
    }
    // No offloads: what one side brings, the other may not be able to send.
    const netdev::StartRequest request{
        .features = 0, .accept = netdev::Accept::everything, .pool = &g_pool, .on_event = on_event};
    if (!g_pool.init({.count = 1024}).ok() || !way.from->start(request).ok() ||
        !way.to->start(request).ok()) {
        fprintf(stderr, "forward: a device does not start: see log.level=info\n");
        return false;
    }
    uk::sched::wake_source_add(); // waiting without end is no deadlock
    return true;
}

// Until something comes, or the end.
void wait(Way& way, Way& back, uint64_t end) {
    g_event.reset();
    if (g_link_changed.exchange_acquire(false)) {
        show_link(*way.from, way.from->link_is_up());
        show_link(*way.to, way.to->link_is_up());
    }
    if (way.from->arm(0) && back.from->arm(0)) {
        (void)g_event.wait(end).ok();
    }
}

// The machine ends with us, and what a device has not sent by then is lost.
void finish(netdev::Device& device) {
    constexpr uint64_t kLookNs = 1'000'000;
    constexpr unsigned kPatience = 1000; // looks
    for (unsigned i = 0; i < kPatience && device.reclaim(0) != 0; i++) {
        uk::hal::clock_idle_until(uk::hal::clock_monotonic_ns() + kLookNs);
    }
}

} // namespace

int main(int argc, char* argv[]) {
    static Options options;
    static Way way;
    static Way back;
    if (!parse(argc, argv, options) || !start(way, back)) {
        return 1;
    }
    show_link(*way.from, way.from->link_is_up());
    show_link(*way.to, way.to->link_is_up());
    fflush(stdout);
    const uint64_t end = options.seconds == 0
                             ? ~uint64_t{0}
                             : uk::hal::clock_monotonic_ns() + options.seconds * 1'000'000'000;
    while (options.frames == 0 || way.forwarded + back.forwarded < options.frames) {
        const bool any = forward(way, options);
        if (!forward(back, options) && !any) {
            wait(way, back, end);
        }
        if (end != ~uint64_t{0} && uk::hal::clock_monotonic_ns() >= end) {
            break;
        }
    }
    finish(*way.from);
    finish(*way.to);
    show_end(way);
    show_end(back);
    return 0;
}
