// SPDX-License-Identifier: BSD-3-Clause
// Private: what is asked of ping. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace uk::shell {

struct PingWords {
    static constexpr uint64_t kMost = ~uint64_t{0} >> 1; // as iputils

    uint64_t times = kMost;
    const char* name = nullptr; // whom, perhaps with "%" and an interface
};

// What is wrong, as iputils says it; "" if nothing is.
struct PingMistake {
    char text[128] = {};
    bool misused = false; // the usage may help
};

// `words` without the command's name. Options stand anywhere; -c5 is -c 5; -- ends them.
[[nodiscard]] PingMistake read_ping(std::span<const char* const> words, PingWords& out);

// "fe80::1%net0": the size of the part in front of the %, or of all; `zone` is what is behind it,
// null without one.
[[nodiscard]] size_t split_zone(const char* name, const char*& zone);

} // namespace uk::shell
