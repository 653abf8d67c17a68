// SPDX-License-Identifier: BSD-3-Clause
// The times of work on this CPU as a source of entropy.
#include <uk/hal/cpu.hpp>
#include <uk/random/jitter.hpp>
#include <uk/random/source.hpp>

namespace uk::random {
namespace {

Delivery gather(Pool& pool, unsigned wanted) {
    if (pool.bits() >= kSeedBits)
        wanted = 16; // others have delivered: a little in addition, should they have lied
    MemoryWalk walk;
    const JitterResult result =
        gather_jitter(pool, wanted, hal::cpu_cycles, [&](uint64_t where) { walk.step(where); });
    return {result.bits, result.problem};
}

UK_ENTROPY_SOURCE({"timing jitter", gather});

} // namespace
} // namespace uk::random
