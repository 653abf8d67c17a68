// SPDX-License-Identifier: BSD-3-Clause
// RFC 1071: words of any width may be added, so eight bytes at a time.
#include <uk/lwip/checksum.hpp>

#include <uk/string.h>

namespace uk::lwip {
namespace {

uint64_t with_carry(uint64_t sum, uint64_t word) {
    sum += word;
    return sum + (sum < word ? 1 : 0);
}

template <class Word>
uint64_t word_at(const std::byte* from) {
    Word word = 0;
    __builtin_memcpy(&word, from, sizeof word);
    return word;
}

} // namespace

uint16_t internet_sum(std::span<const std::byte> bytes) {
    const std::byte* at = bytes.data();
    size_t left = bytes.size();
    uint64_t sum = 0;
    for (; left >= 32; at += 32, left -= 32) {
        sum = with_carry(sum, word_at<uint64_t>(at));
        sum = with_carry(sum, word_at<uint64_t>(at + 8));
        sum = with_carry(sum, word_at<uint64_t>(at + 16));
        sum = with_carry(sum, word_at<uint64_t>(at + 24));
    }
    if ((left & 16) != 0) { // most sums are of headers of 20 bytes
        sum = with_carry(sum, word_at<uint64_t>(at));
        sum = with_carry(sum, word_at<uint64_t>(at + 8));
        at += 16;
    }
    if ((left & 8) != 0) {
        sum = with_carry(sum, word_at<uint64_t>(at));
        at += 8;
    }
    if ((left & 4) != 0) {
        sum = with_carry(sum, word_at<uint32_t>(at));
        at += 4;
    }
    if ((left & 2) != 0) {
        sum = with_carry(sum, word_at<uint16_t>(at));
        at += 2;
    }
    if ((left & 1) != 0)
        sum = with_carry(sum, static_cast<uint64_t>(*at));
    sum = (sum >> 32) + (sum & 0xffffffff);
    sum = (sum >> 32) + (sum & 0xffffffff);
    sum = (sum >> 16) + (sum & 0xffff);
    sum = (sum >> 16) + (sum & 0xffff);
    return static_cast<uint16_t>(sum);
}

} // namespace uk::lwip
