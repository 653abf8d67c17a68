// SPDX-License-Identifier: BSD-3-Clause
// Addresses of the Internet as text, services and protocols by name, and lines of /etc/hosts. Pure;
// nothing here trusts its input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace uk::netdb {

inline constexpr size_t kTextV4 = 16, kTextV6 = 46; // room for any address and a 0

// inet_pton(): four decimal numbers, no zeros in front. `out`: 4 bytes.
[[nodiscard]] bool parse_v4(std::string_view text, uint8_t* out);
// inet_aton(): one to four numbers, 0x and 0 as in C; the last one fills what is left. What comes
// behind a space is ignored.
[[nodiscard]] bool parse_v4_loose(std::string_view text, uint8_t* out);
// RFC 4291, 2.2. `out`: 16 bytes.
[[nodiscard]] bool parse_v6(std::string_view text, uint8_t* out);

// Writes the text and a 0; `out` has kTextV4 or kTextV6 bytes. Returns the length.
size_t format_v4(const uint8_t* address, char* out);
// As RFC 5952 says.
size_t format_v6(const uint8_t* address, char* out);

// A decimal number of at most 65535; nothing else.
[[nodiscard]] std::optional<uint16_t> parse_port(std::string_view text);

struct Service {
    const char* name;
    uint16_t port;
    bool tcp, udp;
};
// Those that programs ask for. Null: not known.
[[nodiscard]] const Service* find_service(std::string_view name);
[[nodiscard]] const Service* find_service(uint16_t port);

struct Protocol {
    const char* name; // as in /etc/protocols, letter for letter, as Linux looks for it
    const char* alias;
    uint8_t number;
};
// Those for which there are sockets. Null: not known.
[[nodiscard]] const Protocol* find_protocol(std::string_view name);
[[nodiscard]] const Protocol* find_protocol(int number);

// The words of a line of /etc/hosts, the address first, comments left out.
class Words {
  public:
    explicit constexpr Words(std::string_view line) : left_(line) {}
    // Empty: that was the last one.
    [[nodiscard]] std::string_view next();

  private:
    std::string_view left_;
};

// Whether it can be the name of a host: 1 to 253 of letters, digits, '-', '_' and '.'.
[[nodiscard]] bool is_host_name(std::string_view name);
[[nodiscard]] bool same_name(std::string_view one, std::string_view other); // whatever the case

} // namespace uk::netdb
