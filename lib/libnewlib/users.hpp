// SPDX-License-Identifier: BSD-3-Clause
// Private: lines of /etc/passwd and /etc/group, passwd(5), group(5). Pure.
#pragma once

#include <grp.h>
#include <pwd.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

namespace newlib::users {

enum class Parsed : uint8_t {
    entry,
    other,   // a comment, an empty line, one that is none of such a file
    no_room, // for the list of members
};

// Ends the field that begins at `at` and goes on behind it; the last one ends with the line.
inline char* take_field(char*& at, char end = ':') {
    char* field = at;
    while (*at != 0 && *at != end) {
        at++;
    }
    if (*at != 0) {
        *at++ = 0;
    }
    return field;
}

// All digits, at least one, and no more than 32 bits.
inline bool take_number(char*& at, uint32_t& out) {
    const char* field = take_field(at);
    uint64_t value = 0;
    const char* digit = field;
    for (; *digit >= '0' && *digit <= '9' && value <= UINT32_MAX; digit++) {
        value = value * 10 + static_cast<uint64_t>(*digit - '0');
    }
    out = static_cast<uint32_t>(value);
    return digit != field && *digit == 0 && value <= UINT32_MAX;
}

// Where the line's first field begins, its end cut off; null where there is none.
inline char* begin(char* line) {
    line[strcspn(line, "\n")] = 0;
    line += strspn(line, " \t");
    return *line == 0 || *line == '#' ? nullptr : line;
}

/// The fields point into the line, which is changed. Those behind the last number may be missing.
inline Parsed parse(char* line, char* /*end*/, struct passwd& out) {
    char* at = begin(line);
    if (at == nullptr) {
        return Parsed::other;
    }
    out.pw_name = take_field(at);
    out.pw_passwd = take_field(at);
    uint32_t user = 0;
    uint32_t group = 0;
    if (!take_number(at, user) || !take_number(at, group)) {
        return Parsed::other;
    }
    out.pw_uid = user;
    out.pw_gid = group;
    out.pw_gecos = take_field(at);
    out.pw_dir = take_field(at);
    out.pw_shell = at;
    return Parsed::entry;
}

/// The list of members comes behind the line's end, before `end`.
inline Parsed parse(char* line, char* end, struct group& out) {
    char* at = begin(line);
    if (at == nullptr) {
        return Parsed::other;
    }
    char* behind = at + strlen(at) + 1;
    out.gr_name = take_field(at);
    out.gr_passwd = take_field(at);
    uint32_t number = 0;
    if (!take_number(at, number)) {
        return Parsed::other;
    }
    out.gr_gid = number;
    behind += -reinterpret_cast<uintptr_t>(behind) % alignof(char*);
    out.gr_mem = reinterpret_cast<char**>(behind);
    size_t count = 0;
    for (;;) {
        if (end - behind < static_cast<ptrdiff_t>((count + 1) * sizeof(char*))) {
            return Parsed::no_room;
        }
        while (*at == ',' || *at == ' ') {
            at++;
        }
        if (*at == 0) {
            break;
        }
        out.gr_mem[count++] = take_field(at, ',');
    }
    out.gr_mem[count] = nullptr;
    return Parsed::entry;
}

} // namespace newlib::users
