// SPDX-License-Identifier: BSD-3-Clause
// The generator of this image: seeded from all its sources when somebody first wants bytes.
#include <uk/random.hpp>

#include <uk/base/atomic.hpp>
#include <uk/hal/clock.hpp>
#include <uk/hal/cpu.hpp>
#include <uk/metrics.hpp>
#include <uk/print.h>
#include <uk/random/source.hpp>
#include <uk/spinlock.hpp>

namespace uk::random {
namespace {

constexpr uint64_t kReseedNs = 60'000'000'000;
constexpr uint64_t kRetryNs = 10'000'000; // sources that failed are not asked more often

constinit Guarded<Generator, Spinlock<LockRank::subsystem>> g_generator;
constinit Pool g_pool; // whoever set g_busy has it
constinit Atomic<bool> g_busy;
constinit Atomic<bool> g_seeded;
constinit Atomic<uint64_t> g_next{0}; // when the sources are to be asked again
constinit bool g_told = false;        // with g_busy

constinit metrics::Counter g_seeds;
constinit metrics::Counter g_keys;
UK_METRIC({.name = "random_seeds_total",
           .help = "How often the sources of randomness delivered enough",
           .kind = metrics::Kind::counter,
           .counter = &g_seeds});
UK_METRIC({.name = "random_requests_total",
           .help = "Requests for random bytes",
           .kind = metrics::Kind::counter,
           .counter = &g_keys});

// Asks all sources; g_busy is ours.
void gather() {
    const bool tell = !g_seeded.load_relaxed() && !g_told;
    g_pool.absorb_value(hal::clock_monotonic_ns());
    g_pool.absorb_value(hal::cpu_cycles());
    for (const Source* source : UK_SECTION_SPAN(uk_entropy)) {
        const Delivery delivery = source->gather(g_pool, kSeedBits);
        g_pool.credit(delivery.bits);
        if (tell && delivery.problem != nullptr)
            uk_pr_info("%s: %s\n", source->name, delivery.problem);
        else if (tell)
            uk_pr_info("%s: %u bits\n", source->name, delivery.bits);
    }
    const uint64_t now = hal::clock_monotonic_ns();
    if (g_pool.bits() < kSeedBits && !g_seeded.load_relaxed()) {
        if (!g_told)
            uk_pr_warn("no random numbers yet: %u of %u bits; log.level=info names the sources\n",
                       g_pool.bits(), kSeedBits);
        g_told = true;
        g_next.store_relaxed(now + kRetryNs);
        return;
    }
    const Key digest = g_pool.extract();
    g_generator.with([&](Generator& generator) { generator.mix(digest); });
    g_seeds.add();
    g_next.store_relaxed(now + kReseedNs);
    g_seeded.store_release(true);
}

} // namespace

Result<> seed() {
    if (hal::clock_monotonic_ns() >= g_next.load_relaxed() && !g_busy.exchange_acquire(true)) {
        gather();
        g_busy.store_release(false);
    }
    return g_seeded.load_acquire() ? Errno::ok : Errno::again;
}

Key take_insecure_key() {
    (void)seed();
    return g_generator.with([](Generator& generator) { return generator.take(); });
}

Result<Key> take_key() {
    g_keys.add();
    UK_TRY(seed());
    return g_generator.with([](Generator& generator) { return generator.take(); });
}

Result<> fill(std::span<std::byte> out) {
    Stream stream(UK_TRY(take_key()));
    stream.fill(out);
    return ok();
}

} // namespace uk::random
