// SPDX-License-Identifier: BSD-3-Clause
// Errors that ICMP and ICMPv6 tell of packets that were sent (RFC 792, RFC 4443).
#pragma once

#include <cstdint>
#include <span>

#include <uk/base/errno.hpp>

#include "address.hpp"

namespace uk::lwip {

// What became of a packet of ours, and which one it was.
struct IcmpError {
    Errno problem = Errno::ok;
    bool is_final = false; // trying again does not help
    uint8_t protocol = 0;
    Place local, peer;
    uint32_t sequence = 0; // TCP's
};

// Reads a message, from its own head on; its checksum is right, all else may be anything. False: it
// is no such error, or does not say of what. Codes mean what they do on Linux. Pure.
[[nodiscard]] bool parse_icmp_error(std::span<const uint8_t> message, bool v6, IcmpError& out);

} // namespace uk::lwip
