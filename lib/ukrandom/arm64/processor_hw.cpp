// SPDX-License-Identifier: BSD-3-Clause
// RNDR of FEAT_RNG: Arm ARM (DDI 0487), D17.2.
#include <uk/random/word_source.hpp>

namespace uk::random {
namespace {

// The identification registers can be read everywhere: Linux emulates that for its processes.
bool has_rndr() {
    uint64_t features;
    asm("mrs %0, s3_0_c0_c6_0" : "=r"(features)); // ID_AA64ISAR0_EL1
    return features >> 60 == 1;
}

bool rndr(uint64_t& word) {
    uint64_t failed;
    asm volatile("mrs %0, s3_3_c2_c4_0\n\tcset %1, eq" : "=r"(word), "=r"(failed) : : "cc");
    return failed == 0;
}

Delivery gather(Pool& pool, unsigned wanted) {
    if (!has_rndr())
        return {0, "the processor has no RNDR"};
    return gather_words(pool, wanted, rndr);
}

UK_ENTROPY_SOURCE({"processor", gather});

} // namespace
} // namespace uk::random
