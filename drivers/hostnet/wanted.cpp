// SPDX-License-Identifier: BSD-3-Clause
// Words of netdev.host=.
#include "wanted.hpp"

#include <uk/string.h>

namespace uk::hostnet {
namespace {

constexpr size_t kMostInterface = 15;
constexpr int kMostDescriptor = 65535; // what an interrupt line can be

int hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// All of `text`: six pairs of digits with colons between them.
bool read_mac(const char* text, netdev::Mac& mac) {
    for (size_t i = 0; i < sizeof mac.bytes; i++, text += 3) {
        const int high = hex_digit(text[0]);
        const int low = high < 0 ? -1 : hex_digit(text[1]);
        if (low < 0 || text[2] != (i + 1 < sizeof mac.bytes ? ':' : '\0'))
            return false;
        mac.bytes[i] = static_cast<uint8_t>(high << 4 | low);
    }
    return (mac.bytes[0] & 1) == 0;
}

bool read_number(const char* text, size_t size, int& number) {
    number = 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        number = number * 10 + (text[i] - '0');
        if (number > kMostDescriptor)
            return false;
    }
    return size > 0;
}

// The part of `text` behind `prefix`, or null.
const char* behind(const char* text, const char* prefix) {
    const size_t size = strlen(prefix);
    return strncmp(text, prefix, size) == 0 ? text + size : nullptr;
}

} // namespace

bool read_wanted(const char* text, Wanted& wanted) {
    constexpr char kMac[] = ",mac=";
    wanted = {};
    const char* name = behind(text, "tap:");
    if (name == nullptr && (name = behind(text, "stream:")) != nullptr)
        wanted.kind = Wanted::Kind::stream;
    if (name == nullptr && (name = behind(text, "fd:")) != nullptr)
        wanted.kind = Wanted::Kind::descriptor;
    if (name == nullptr)
        return false;
    size_t size = strlen(name);
    for (size_t at = 0; at + sizeof kMac - 1 <= size; at++) {
        if (behind(name + at, kMac) == nullptr)
            continue;
        if (!read_mac(name + at + sizeof kMac - 1, wanted.mac))
            return false;
        wanted.has_mac = true;
        size = at;
        break;
    }
    if (wanted.kind == Wanted::Kind::descriptor)
        return read_number(name, size, wanted.descriptor);
    const size_t most = wanted.kind == Wanted::Kind::tap ? kMostInterface : sizeof wanted.name - 1;
    if (size == 0 || size > most)
        return false;
    memcpy(wanted.name, name, size);
    return true;
}

} // namespace uk::hostnet
