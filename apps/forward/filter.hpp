// SPDX-License-Identifier: BSD-3-Clause
// Which frames are not forwarded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

// One rule: all that it names is so of a frame. What it does not name is 0.
struct Rule {
    uint16_t ether = 0;   // Ethernet type
    uint8_t protocol = 0; // of IP
    uint16_t port = 0;    // of TCP or UDP, either end's
};

// From text: `arp`, `ipv4`, `ipv6`, `ether:0x88cc`, `icmp`, `tcp`, `udp`, `tcp:80`, `udp:53`,
// `ip:47`. False: it is none of them.
bool parse_rule(const char* text, Rule& rule);

// Whether a rule is for the frame that begins with these bytes. A frame that is too short for what
// a rule names is none of its.
bool matches(const Rule& rule, std::span<const std::byte> frame);
