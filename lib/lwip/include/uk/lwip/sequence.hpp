// SPDX-License-Identifier: BSD-3-Clause
// SipHash-2-4, and the number that a TCP connection starts with (RFC 6528).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace uk::lwip {

struct SipKey {
    uint64_t low = 0, high = 0;
};

// Of a message, in the machine's words: 64 bits that nobody can foretell without the key. Pure.
[[nodiscard]] uint64_t siphash(const SipKey& key, std::span<const std::byte> message);

// What makes a connection.
struct Quadruple {
    uint8_t local[16] = {}, remote[16] = {}; // an IPv4 address in the first four bytes
    uint16_t local_port = 0, remote_port = 0;
};

// RFC 6528, 3: a clock of 4 microseconds, and a secret distance for each pair of sockets; so a new
// connection of the same ports starts behind the old one, and strangers cannot guess where. Pure.
[[nodiscard]] uint32_t initial_sequence(const SipKey& secret, const Quadruple& who,
                                        uint64_t now_ns);

} // namespace uk::lwip
