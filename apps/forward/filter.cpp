// SPDX-License-Identifier: BSD-3-Clause
// Rules: their text, and how frames are read. Nothing in a frame is trusted.
#include "filter.hpp"

#include <string_view>

namespace {

constexpr uint16_t kIpv4 = 0x0800;
constexpr uint16_t kArp = 0x0806;
constexpr uint16_t kVlan = 0x8100;
constexpr uint16_t kIpv6 = 0x86dd;
constexpr uint8_t kIcmp = 1;
constexpr uint8_t kTcp = 6;
constexpr uint8_t kUdp = 17;

struct Word {
    std::string_view text;
    uint16_t ether;
    uint8_t protocol;
};
constexpr Word kWords[] = {{"arp", kArp, 0},   {"ipv4", kIpv4, 0}, {"ipv6", kIpv6, 0},
                           {"icmp", 0, kIcmp}, {"tcp", 0, kTcp},   {"udp", 0, kUdp}};

unsigned digit_of(char c) {
    const char lower = static_cast<char>(c | 0x20);
    return c >= '0' && c <= '9'           ? static_cast<unsigned>(c - '0')
           : lower >= 'a' && lower <= 'f' ? static_cast<unsigned>(lower - 'a') + 10
                                          : 16;
}

// 1 to `most`; 0: it is none of them.
unsigned number(std::string_view text, unsigned most) {
    const bool is_hex = text.starts_with("0x");
    const unsigned base = is_hex ? 16 : 10;
    unsigned value = 0;
    for (const char c : text.substr(is_hex ? 2 : 0)) {
        const unsigned digit = digit_of(c);
        if (digit >= base || (value = value * base + digit) > most) {
            return 0;
        }
    }
    return value;
}

unsigned get16(std::span<const std::byte> frame, size_t at) {
    return at + 2 <= frame.size() ? std::to_integer<unsigned>(frame[at]) << 8 |
                                        std::to_integer<unsigned>(frame[at + 1])
                                  : 0;
}
unsigned get8(std::span<const std::byte> frame, size_t at) {
    return at < frame.size() ? std::to_integer<unsigned>(frame[at]) : 0;
}

} // namespace

bool parse_rule(const char* words, Rule& rule) {
    const std::string_view text = words;
    rule = {};
    const size_t colon = text.find(':');
    const std::string_view name = text.substr(0, colon);
    const bool has_number = colon != std::string_view::npos;
    const std::string_view rest = has_number ? text.substr(colon + 1) : std::string_view();
    if (name == "ether") {
        rule.ether = static_cast<uint16_t>(number(rest, 0xffff));
        return rule.ether != 0;
    }
    if (name == "ip") {
        rule.protocol = static_cast<uint8_t>(number(rest, 0xff));
        return rule.protocol != 0;
    }
    for (const Word& word : kWords) {
        if (name == word.text) {
            rule.ether = word.ether;
            rule.protocol = word.protocol;
            rule.port = static_cast<uint16_t>(number(rest, 0xffff));
            const bool has_ports = word.protocol == kTcp || word.protocol == kUdp;
            return has_number ? has_ports && rule.port != 0 : true;
        }
    }
    return false;
}

bool matches(const Rule& rule, std::span<const std::byte> frame) {
    size_t at = 12;
    unsigned ether = get16(frame, at);
    if (ether == kVlan) {
        at += 4;
        ether = get16(frame, at);
    }
    at += 2;
    if (rule.ether != 0 && ether != rule.ether) {
        return false;
    }
    if (rule.protocol == 0) {
        return true;
    }
    size_t ports = 0; // where they are, if it is the first piece
    unsigned protocol = 0;
    if (ether == kIpv4) {
        protocol = get8(frame, at + 9);
        const bool is_first = (get16(frame, at + 6) & 0x1fff) == 0;
        ports = is_first ? at + size_t{get8(frame, at) & 15} * 4 : 0;
    } else if (ether == kIpv6) { // without extensions
        protocol = get8(frame, at + 6);
        ports = at + 40;
    }
    if (protocol != rule.protocol) {
        return false;
    }
    return rule.port == 0 || (ports != 0 && (get16(frame, ports) == rule.port ||
                                             get16(frame, ports + 2) == rule.port));
}
