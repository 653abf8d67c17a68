// SPDX-License-Identifier: BSD-3-Clause
// RDSEED, or RDRAND where it is missing: Intel SDM 1, 7.3.17.
#include <uk/random/word_source.hpp>

namespace uk::random {
namespace {

struct Features {
    uint32_t ebx, ecx;
};

// CPUID; nothing for a leaf that is not there.
Features features(uint32_t leaf) {
    uint32_t eax = 0;
    uint32_t edx;
    Features found;
    asm("cpuid" : "+a"(eax), "=b"(found.ebx), "=c"(found.ecx), "=d"(edx));
    if (leaf > eax)
        return {};
    eax = leaf;
    found.ecx = 0;
    asm("cpuid" : "+a"(eax), "=b"(found.ebx), "+c"(found.ecx), "=d"(edx));
    return found;
}

bool rdseed(uint64_t& word) {
    bool there;
    asm volatile("rdseed %0" : "=r"(word), "=@ccc"(there));
    return there;
}

bool rdrand(uint64_t& word) {
    bool there;
    asm volatile("rdrand %0" : "=r"(word), "=@ccc"(there));
    return there;
}

Delivery gather(Pool& pool, unsigned wanted) {
    if ((features(7).ebx >> 18 & 1) != 0) {
        const Delivery delivery = gather_words(pool, wanted, rdseed);
        if (delivery.problem == nullptr)
            return delivery; // it runs dry when many ask at once
    }
    if ((features(1).ecx >> 30 & 1) != 0)
        return gather_words(pool, wanted, rdrand);
    return {0, "the processor has neither RDSEED nor RDRAND"};
}

UK_ENTROPY_SOURCE({"processor", gather});

} // namespace
} // namespace uk::random
