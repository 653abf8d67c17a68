// SPDX-License-Identifier: BSD-3-Clause
// Addresses of the Internet as text, services and protocols by name, lines of /etc/hosts.
#include <uk/netdb/text.hpp>

#include <uk/string.h>

namespace uk::netdb {

namespace {

constexpr int digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 16;
}

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
constexpr bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

// A number as C writes it, up to 32 bits; takes it from the text.
std::optional<uint32_t> take_c_number(std::string_view& text) {
    if (text.empty() || digit(text[0]) > 9)
        return {};
    int base = 10;
    if (text[0] == '0') {
        base = 8;
        text.remove_prefix(1);
        if (!text.empty() && lower(text[0]) == 'x') {
            base = 16;
            text.remove_prefix(1);
            if (text.empty() || digit(text[0]) >= 16)
                return {};
        }
    }
    uint64_t value = 0;
    while (!text.empty() && digit(text[0]) < base) {
        value = value * static_cast<unsigned>(base) + static_cast<unsigned>(digit(text[0]));
        if (value > UINT32_MAX)
            return {};
        text.remove_prefix(1);
    }
    return static_cast<uint32_t>(value);
}

size_t put_number(unsigned value, unsigned base, char* out) {
    char digits[8];
    size_t count = 0;
    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    for (size_t i = 0; i < count; i++)
        out[i] = digits[count - 1 - i];
    return count;
}

constexpr Service kServices[] = {
    {"echo", 7, true, true},      {"discard", 9, true, true},     {"daytime", 13, true, true},
    {"ftp", 21, true, false},     {"ssh", 22, true, false},       {"telnet", 23, true, false},
    {"smtp", 25, true, false},    {"time", 37, true, true},       {"domain", 53, true, true},
    {"bootps", 67, false, true},  {"bootpc", 68, false, true},    {"tftp", 69, false, true},
    {"http", 80, true, false},    {"kerberos", 88, true, true},   {"pop3", 110, true, false},
    {"ntp", 123, false, true},    {"imap2", 143, true, false},    {"snmp", 161, true, true},
    {"ldap", 389, true, true},    {"https", 443, true, true},     {"syslog", 514, false, true},
    {"ldaps", 636, true, true},   {"imaps", 993, true, false},    {"pop3s", 995, true, false},
    {"nfs", 2049, true, true},    {"mysql", 3306, true, false},   {"postgresql", 5432, true, false},
    {"redis", 6379, true, false}, {"http-alt", 8080, true, true},
};

constexpr Protocol kProtocols[] = {
    {"ip", "IP", 0},
    {"icmp", "ICMP", 1},
    {"igmp", "IGMP", 2},
    {"tcp", "TCP", 6},
    {"udp", "UDP", 17},
    {"ipv6", "IPv6", 41},
    {"ipv6-icmp", "IPv6-ICMP", 58},
    {"udplite", "UDPLite", 136},
};

} // namespace

bool parse_v4(std::string_view text, uint8_t* out) {
    for (int i = 0; i < 4; i++) {
        if (i != 0) {
            if (text.empty() || text[0] != '.')
                return false;
            text.remove_prefix(1);
        }
        unsigned value = 0, count = 0;
        for (; !text.empty() && digit(text[0]) < 10; count++) {
            if (count != 0 && value == 0)
                return false;
            value = value * 10 + static_cast<unsigned>(digit(text[0]));
            if (value > 255)
                return false;
            text.remove_prefix(1);
        }
        if (count == 0)
            return false;
        out[i] = static_cast<uint8_t>(value);
    }
    return text.empty();
}

bool parse_v4_loose(std::string_view text, uint8_t* out) {
    uint32_t parts[4];
    int count = 0;
    for (;;) {
        const std::optional<uint32_t> part = take_c_number(text);
        if (!part)
            return false;
        parts[count++] = *part;
        if (text.empty() || text[0] != '.')
            break;
        if (count == 4)
            return false;
        text.remove_prefix(1);
    }
    if (!text.empty() && !is_space(text[0]))
        return false;
    uint32_t value = parts[count - 1];
    if (count > 1 && value >> (8 * (5 - count)) != 0)
        return false;
    for (int i = 0; i < count - 1; i++) {
        if (parts[i] > 255)
            return false;
        value |= parts[i] << (24 - 8 * i);
    }
    for (int i = 0; i < 4; i++)
        out[i] = static_cast<uint8_t>(value >> (24 - 8 * i));
    return true;
}

bool parse_v6(std::string_view text, uint8_t* out) {
    uint16_t groups[8] = {};
    int count = 0, gap = -1;
    if (text.starts_with("::")) {
        gap = 0;
        text.remove_prefix(2);
    }
    while (!text.empty()) {
        if (count == 8)
            return false;
        unsigned value = 0;
        size_t size = 0;
        while (size < text.size() && size < 4 && digit(text[size]) < 16)
            value = value * 16 + static_cast<unsigned>(digit(text[size++]));
        if (size == 0)
            return false;
        if (size < text.size() && text[size] == '.') { // the last 32 bits as IPv4 has them
            uint8_t v4[4];
            if (count > 6 || !parse_v4(text, v4))
                return false;
            groups[count++] = static_cast<uint16_t>(v4[0] << 8 | v4[1]);
            groups[count++] = static_cast<uint16_t>(v4[2] << 8 | v4[3]);
            break;
        }
        groups[count++] = static_cast<uint16_t>(value);
        text.remove_prefix(size);
        if (text.empty())
            break;
        if (text[0] != ':' || text.size() == 1)
            return false;
        text.remove_prefix(1);
        if (text[0] == ':') {
            if (gap >= 0)
                return false;
            gap = count;
            text.remove_prefix(1);
        }
    }
    if (gap < 0 ? count != 8 : count == 8)
        return false;
    const int zeros = 8 - count;
    for (int i = 0; i < 8; i++) {
        uint16_t group = 0;
        if (gap < 0 || i < gap)
            group = groups[i];
        else if (i >= gap + zeros)
            group = groups[i - zeros];
        out[2 * i] = static_cast<uint8_t>(group >> 8);
        out[2 * i + 1] = static_cast<uint8_t>(group);
    }
    return true;
}

size_t format_v4(const uint8_t* address, char* out) {
    size_t size = 0;
    for (int i = 0; i < 4; i++) {
        if (i != 0)
            out[size++] = '.';
        size += put_number(address[i], 10, out + size);
    }
    out[size] = '\0';
    return size;
}

size_t format_v6(const uint8_t* address, char* out) {
    unsigned groups[8];
    int best = -1, best_size = 1; // a single zero is written
    for (int i = 0, run = 0; i < 8; i++) {
        groups[i] = static_cast<unsigned>(address[2 * i] << 8 | address[2 * i + 1]);
        run = groups[i] == 0 ? run + 1 : 0;
        if (run > best_size) {
            best = i + 1 - run;
            best_size = run;
        }
    }
    // Addresses that have one of IPv4 in them show it.
    const bool mapped = best == 0 && (best_size == 6 || (best_size == 5 && groups[5] == 0xffff));
    size_t size = 0;
    for (int i = 0; i < 8; i++) {
        if (best >= 0 && i >= best && i < best + best_size) {
            if (i == best)
                out[size++] = ':';
            continue;
        }
        if (i != 0)
            out[size++] = ':';
        if (i == 6 && mapped)
            return size + format_v4(address + 12, out + size);
        size += put_number(groups[i], 16, out + size);
    }
    if (best >= 0 && best + best_size == 8)
        out[size++] = ':';
    out[size] = '\0';
    return size;
}

std::optional<uint16_t> parse_port(std::string_view text) {
    if (text.empty() || text.size() > 5)
        return {};
    unsigned value = 0;
    for (const char c : text) {
        if (digit(c) > 9)
            return {};
        value = value * 10 + static_cast<unsigned>(digit(c));
    }
    if (value > 65'535)
        return {};
    return static_cast<uint16_t>(value);
}

const Service* find_service(std::string_view name) {
    for (const Service& one : kServices) {
        if (name == one.name)
            return &one;
    }
    return nullptr;
}

const Service* find_service(uint16_t port) {
    for (const Service& one : kServices) {
        if (port == one.port)
            return &one;
    }
    return nullptr;
}

const Protocol* find_protocol(std::string_view name) {
    for (const Protocol& one : kProtocols) {
        if (name == one.name || name == one.alias)
            return &one;
    }
    return nullptr;
}

const Protocol* find_protocol(int number) {
    for (const Protocol& one : kProtocols) {
        if (number == one.number)
            return &one;
    }
    return nullptr;
}

std::string_view Words::next() {
    while (!left_.empty() && is_space(left_[0]))
        left_.remove_prefix(1);
    size_t size = 0;
    while (size < left_.size() && !is_space(left_[size]) && left_[size] != '#')
        size++;
    const std::string_view word = left_.substr(0, size);
    left_.remove_prefix(size);
    return word;
}

bool is_host_name(std::string_view name) {
    if (name.empty() || name.size() > 253)
        return false;
    for (const char c : name) {
        const bool letter = lower(c) >= 'a' && lower(c) <= 'z';
        if (!letter && digit(c) > 9 && c != '-' && c != '_' && c != '.')
            return false;
    }
    return true;
}

bool same_name(std::string_view one, std::string_view other) {
    if (one.size() != other.size())
        return false;
    for (size_t i = 0; i < one.size(); i++) {
        if (lower(one[i]) != lower(other[i]))
            return false;
    }
    return true;
}

} // namespace uk::netdb
