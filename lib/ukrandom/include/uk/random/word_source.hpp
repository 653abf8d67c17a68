// SPDX-License-Identifier: BSD-3-Clause
// Entropy from instructions or devices that give words of 64 bits. Pure.
#pragma once

#include <cstdint>

#include <uk/random/generator.hpp>
#include <uk/random/source.hpp>

namespace uk::random {

// Mixes words of `read(word)`, which says false when there is none just now. Answers for half of
// each. Two equal words in a row, or one without a bit, have a chance of 2^-64: the source is
// broken (some processors give ones for ever after they slept), and nothing of it counts.
template <class Read>
Delivery gather_words(Pool& pool, unsigned wanted_bits, Read read) {
    constexpr unsigned kBitsOfWord = 32;
    uint64_t last = 0;
    for (unsigned bits = 0; bits < wanted_bits; bits += kBitsOfWord) {
        uint64_t word = 0;
        unsigned tries = 0;
        while (!read(word)) {
            if (++tries == 32)
                return {0, "it gives nothing"};
        }
        if (word == last || word == 0 || word == ~uint64_t{0})
            return {0, "it is broken: it gives the same again and again"};
        last = word;
        pool.absorb_value(word);
    }
    return {wanted_bits, nullptr};
}

} // namespace uk::random
