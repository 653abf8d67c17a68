// SPDX-License-Identifier: BSD-3-Clause
// The generator of an image, and what its sources give on this machine.
#include <uk/random.hpp>

#include <uk/hal/clock.hpp>
#include <uk/hal/cpu.hpp>
#include <uk/random/jitter.hpp>
#include <uk/random/source.hpp>
#include <uk/test.hpp>

namespace {

using namespace uk::random;

// A source that takes its time may need several attempts.
bool seeded_soon() {
    const uint64_t end = uk::hal::clock_monotonic_ns() + 2'000'000'000;
    while (!seed().ok()) {
        if (uk::hal::clock_monotonic_ns() > end)
            return false;
    }
    return true;
}

UK_TEST(gives_other_bytes_each_time)
{
    UK_TEST_ASSERT(seeded_soon());
    std::byte a[40]{};
    std::byte b[40]{};
    UK_TEST_EXPECT(fill(a).ok());
    UK_TEST_EXPECT(fill(b).ok());
    unsigned same = 0;
    for (size_t i = 0; i < sizeof a; i++)
        same += a[i] == b[i] ? 1 : 0;
    UK_TEST_EXPECT(same < 10); // chance: 10^-12
}

// Each source delivers what it claims or says why not, and one at least delivers.
UK_TEST(sources_deliver_or_say_why)
{
    unsigned delivered = 0;
    for (const Source* source : UK_SECTION_SPAN(uk_entropy)) {
        Pool pool;
        const Delivery delivery = source->gather(pool, kSeedBits);
        UK_TEST_EXPECT((delivery.bits == 0) == (delivery.problem != nullptr));
        delivered += delivery.bits;
    }
    UK_TEST_EXPECT(delivered >= kSeedBits);
}

// A clock without noise is refused on any machine.
UK_TEST(a_regular_machine_is_refused)
{
    Pool pool;
    uint64_t now = 0;
    UK_TEST_EXPECT(gather_jitter(
                       pool, 16, [&] { return now += 50; }, [](uint64_t) {})
                       .bits == 0);
}

} // namespace
