// SPDX-License-Identifier: BSD-3-Clause
// The entropy device of the machine, if it has one: tests/system/test_virtio.py gives it one.
#include <string_view>

#include <uk/random/source.hpp>
#include <uk/test.hpp>

#include "../rng.hpp"

namespace {

using namespace uk::random;

const Source* find_source() {
    for (const Source* source : UK_SECTION_SPAN(uk_entropy)) {
        if (std::string_view(source->name) == "virtio-rng")
            return source;
    }
    return nullptr;
}

UK_TEST(virtio_rng_delivers_by_interrupts)
{
    const Source* source = find_source();
    UK_TEST_ASSERT(source != nullptr);
    Pool pool;
    const char* problem = source->gather(pool, kSeedBits).problem;
    if (problem != nullptr && std::string_view(problem) == "there is no device")
        UK_TEST_SKIP("there is no device");
    const uint32_t before = uk::virtio::g_rng_interrupts.load_relaxed();
    const Key first = pool.extract();
    constexpr unsigned kRounds = 20;
    for (unsigned i = 0; i < kRounds; i++) {
        const Delivery delivery = source->gather(pool, kSeedBits);
        UK_TEST_EXPECT(delivery.problem == nullptr);
        UK_TEST_EXPECT_EQ(delivery.bits, kSeedBits);
        UK_TEST_EXPECT(pool.extract() != first);
    }
    // One for each; a late one may stand for two.
    UK_TEST_EXPECT(uk::virtio::g_rng_interrupts.load_relaxed() - before >= kRounds / 2);
}

} // namespace
