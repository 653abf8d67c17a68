// SPDX-License-Identifier: BSD-3-Clause
// netdev.ip=: what the command line says of the address of a network device, in Unikraft's words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <uk/base/result.hpp>

namespace uk::lwip {

// An IPv4 or IPv6 address in network order, in the first 4 or all 16 bytes; size 0: none.
struct Address {
    uint8_t bytes[16] = {};
    uint8_t size = 0;

    [[nodiscard]] bool is_v4() const { return size == 4; }
    [[nodiscard]] bool is_v6() const { return size == 16; }
    friend bool operator==(const Address&, const Address&) = default;
};

// "10.0.2.15": four decimal numbers. "fd00::2": RFC 4291, 2.2, without a zone, in square brackets
// or without. Nothing else. Pure.
[[nodiscard]] bool parse_address(std::string_view text, Address& out);

// address/prefix:gateway:dns0:dns1:host:domain, each but the first may be empty or left out. IPv6
// addresses stand in square brackets: [fd00::2]/64:[fd00::1].
struct Settings {
    static constexpr size_t kDns = 2;
    static constexpr size_t kMostName = 63; // RFC 1035, 2.3.4

    Address address;
    uint8_t prefix = 0;
    Address gateway;
    Address dns[kDns];
    char host[kMostName + 1] = {};
    char domain[255] = {};
};

// What of a text is wrong: a static text, and where it begins.
struct SettingsError {
    const char* problem = nullptr; // null: nothing
    std::string_view where;
};

// Pure.
[[nodiscard]] SettingsError parse_settings(std::string_view text, Settings& out);

} // namespace uk::lwip
