// SPDX-License-Identifier: BSD-3-Clause
// Addresses as text, and netdev.ip=.
#include <uk/lwip/settings.hpp>

#include <uk/string.h>

namespace uk::lwip {
namespace {

// Up to four decimal digits, at most `most`; -1: it is no number.
int number_of(std::string_view text, int most) {
    if (text.empty() || text.size() > 3)
        return -1;
    int value = 0;
    for (char digit : text) {
        if (digit < '0' || digit > '9')
            return -1;
        value = value * 10 + (digit - '0');
    }
    return value <= most ? value : -1;
}

// Takes the text before `separator`, and that, off the front of `text`.
std::string_view take_until(std::string_view& text, char separator) {
    const size_t end = text.find(separator);
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return part;
}

bool parse_v4(std::string_view text, uint8_t* to) {
    for (int i = 0; i < 4; i++) {
        const size_t end = text.find('.');
        if ((end == std::string_view::npos) != (i == 3))
            return false;
        const int value = number_of(take_until(text, '.'), 255);
        if (value < 0)
            return false;
        to[i] = static_cast<uint8_t>(value);
    }
    return true;
}

int hex_of(char digit) {
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    digit = static_cast<char>(digit | 0x20);
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

// One group of IPv6, up to four digits; -1: it is none.
int group_of(std::string_view text) {
    if (text.empty() || text.size() > 4)
        return -1;
    int value = 0;
    for (char digit : text) {
        if (hex_of(digit) < 0)
            return -1;
        value = value * 16 + hex_of(digit);
    }
    return value;
}

// The groups of one side of "::", or of the whole text, which may end in an IPv4 address if that is
// the end of all; how many bytes, -1: they are wrong.
int parse_groups(std::string_view text, bool is_end, uint8_t (&to)[16]) {
    int size = 0;
    while (!text.empty()) {
        const size_t end = text.find(':');
        const std::string_view part = text.substr(0, end);
        if (end == std::string_view::npos && part.find('.') != std::string_view::npos) {
            if (!is_end || size > 12 || !parse_v4(part, to + size))
                return -1;
            return size + 4;
        }
        const int group = group_of(part);
        if (group < 0 || size == 16)
            return -1;
        to[size++] = static_cast<uint8_t>(group >> 8);
        to[size++] = static_cast<uint8_t>(group);
        if (end == std::string_view::npos)
            break;
        text.remove_prefix(end + 1);
        if (text.empty())
            return -1; // ends in a colon
    }
    return size;
}

bool parse_v6(std::string_view text, uint8_t (&to)[16]) {
    const size_t gap = text.find("::");
    if (gap == std::string_view::npos)
        return parse_groups(text, true, to) == 16;
    uint8_t front[16] = {};
    uint8_t back[16] = {};
    const int before = parse_groups(text.substr(0, gap), false, front);
    const int after = parse_groups(text.substr(gap + 2), true, back);
    if (before < 0 || after < 0 || before + after > 14)
        return false;
    memset(to, 0, 16);
    memcpy(to, front, static_cast<size_t>(before));
    memcpy(to + 16 - after, back, static_cast<size_t>(after));
    return true;
}

// The next field of the settings; colons inside of brackets belong to it.
std::string_view take_field(std::string_view& text) {
    size_t end = 0;
    for (bool inside = false; end < text.size() && (inside || text[end] != ':'); end++)
        inside = text[end] == '[' || (inside && text[end] != ']');
    const std::string_view field = text.substr(0, end);
    text.remove_prefix(end == text.size() ? end : end + 1);
    return field;
}

bool copy_name(std::string_view name, char* to, size_t room) {
    if (name.size() >= room)
        return false;
    for (char c : name) {
        const bool good = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                          (c >= 'A' && c <= 'Z') || c == '-' || c == '.';
        if (!good)
            return false;
    }
    memcpy(to, name.data(), name.size());
    to[name.size()] = '\0';
    return true;
}

} // namespace

bool parse_address(std::string_view text, Address& out) {
    out = {};
    if (text.size() >= 2 && text.front() == '[' && text.back() == ']')
        text = text.substr(1, text.size() - 2);
    else if (parse_v4(text, out.bytes)) {
        out.size = 4;
        return true;
    }
    out = {};
    if (text.empty() || !parse_v6(text, out.bytes)) {
        out = {};
        return false;
    }
    out.size = 16;
    return true;
}

SettingsError parse_settings(std::string_view text, Settings& out) {
    out = {};
    std::string_view first = take_field(text);
    const std::string_view address = take_until(first, '/');
    if (!parse_address(address, out.address))
        return {"is no IPv4 address, nor an IPv6 address in []", address};
    const int most = out.address.is_v4() ? 32 : 128;
    const int prefix = number_of(first, most);
    if (prefix <= 0)
        return {out.address.is_v4() ? "is no prefix length: 1 to 32 behind a '/'"
                                    : "is no prefix length: 1 to 128 behind a '/'",
                first};
    out.prefix = static_cast<uint8_t>(prefix);
    const std::string_view gateway = take_field(text);
    if (!gateway.empty() &&
        (!parse_address(gateway, out.gateway) || out.gateway.size != out.address.size))
        return {"is no address of a gateway, of the same version of IP", gateway};
    for (Address& dns : out.dns) {
        const std::string_view field = take_field(text);
        if (!field.empty() && !parse_address(field, dns))
            return {"is no address of a name server", field};
    }
    const std::string_view host = take_field(text);
    if (!copy_name(host, out.host, sizeof out.host))
        return {"is no name of a host: letters, digits, '-' and '.', at most 63", host};
    const std::string_view domain = take_field(text);
    if (!copy_name(domain, out.domain, sizeof out.domain))
        return {"is no name of a domain", domain};
    if (!text.empty())
        return {"is too much: address/prefix:gateway:dns0:dns1:host:domain", text};
    return {};
}

} // namespace uk::lwip
