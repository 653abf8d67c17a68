// SPDX-License-Identifier: BSD-3-Clause
// Lines of /etc/passwd and /etc/group against the host's C library.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include <uk/fakes/effort.hpp>

#include "lib/libnewlib/users.hpp"

namespace users = newlib::users;
using users::Parsed;

namespace {

// Fields as files have them, and as they should not. Left out is what only the host's library
// takes: numbers with signs and blanks, names that begin with + or - (NIS).
std::string random_line(std::mt19937& random, bool is_group) {
    static constexpr const char* kFields[] = {"root", "a",         "",           "x",
                                              "0",    "1000",      "4294967295", "7z",
                                              "*",    "two words", "/home/a",    "/bin/sh"};
    static constexpr const char* kNumbers[] = {"0",          "5", "1000", "65534",
                                               "4294967295", "x", "",     "08"};
    static constexpr const char* kLists[] = {
        "", "a", "a,b", "a,,b", ",a", "a,", "one,two,three,four"};
    const auto one_of = [&](const auto& words) {
        return std::string(words[random() % std::size(words)]);
    };
    std::string line = random() % 8 == 0 ? " " : "";
    line += random() % 10 == 0 ? "#" + one_of(kFields) : one_of(kFields);
    line += ":" + one_of(kFields) + ":" + one_of(kNumbers);
    if (is_group) {
        return line + (random() % 4 != 0 ? ":" + one_of(kLists) : "");
    }
    line += ":" + one_of(kNumbers);
    for (size_t i = random() % 4; i != 0; i--) {
        line += ":" + one_of(kFields);
    }
    return line;
}

template <class Entry>
using Get = int (*)(FILE*, Entry*, char*, size_t, Entry**);

// Both answers for one line, in buffers of their own.
template <class Entry, class Compare>
void compare_lines(bool is_group, Get<Entry> get, Compare compare) {
    std::mt19937 random(1);
    for (unsigned i = 0; i < uk::fakes::effort(20000); i++) {
        const std::string line = random_line(random, is_group) + "\n";
        FILE* file = fmemopen(const_cast<char*>(line.data()), line.size(), "r");
        char theirs[512];
        alignas(8) char ours[512];
        Entry their_entry{};
        Entry our_entry{};
        Entry* found = nullptr;
        get(file, &their_entry, theirs, sizeof(theirs), &found);
        fclose(file);
        snprintf(ours, sizeof(ours), "%s", line.c_str());
        const Parsed parsed = users::parse(ours, ours + sizeof(ours), our_entry);
        ASSERT_EQ(parsed == Parsed::entry, found != nullptr) << line;
        if (found != nullptr) {
            compare(our_entry, their_entry, line);
        }
    }
}

} // namespace

TEST(Users, LinesAreReadAsTheHostReadsThem) {
    compare_lines<passwd>(false, fgetpwent_r,
                          [](const passwd& ours, const passwd& theirs, const std::string& line) {
                              EXPECT_STREQ(ours.pw_name, theirs.pw_name) << line;
                              EXPECT_STREQ(ours.pw_passwd, theirs.pw_passwd) << line;
                              EXPECT_EQ(ours.pw_uid, theirs.pw_uid) << line;
                              EXPECT_EQ(ours.pw_gid, theirs.pw_gid) << line;
                              EXPECT_STREQ(ours.pw_gecos, theirs.pw_gecos) << line;
                              EXPECT_STREQ(ours.pw_dir, theirs.pw_dir) << line;
                              EXPECT_STREQ(ours.pw_shell, theirs.pw_shell) << line;
                          });
}

TEST(Users, GroupsAreReadAsTheHostReadsThem) {
    compare_lines<group>(true, fgetgrent_r,
                         [](const group& ours, const group& theirs, const std::string& line) {
                             EXPECT_STREQ(ours.gr_name, theirs.gr_name) << line;
                             EXPECT_STREQ(ours.gr_passwd, theirs.gr_passwd) << line;
                             EXPECT_EQ(ours.gr_gid, theirs.gr_gid) << line;
                             size_t i = 0;
                             for (; ours.gr_mem[i] != nullptr && theirs.gr_mem[i] != nullptr; i++) {
                                 EXPECT_STREQ(ours.gr_mem[i], theirs.gr_mem[i]) << line;
                             }
                             EXPECT_EQ(ours.gr_mem[i], theirs.gr_mem[i]) << line; // both end
                         });
}

// Any room: the list lies within it, aligned, or there is none.
TEST(Users, MembersStayWithinTheirRoom) {
    const std::string line = "g:x:7:one,two,three";
    for (size_t room = line.size() + 1; room < line.size() + 64; room++) {
        std::vector<char> text(room); // of exactly this size: the sanitizer watches its end
        memcpy(text.data(), line.c_str(), line.size() + 1);
        group entry{};
        const Parsed parsed = users::parse(text.data(), text.data() + room, entry);
        if (parsed == Parsed::no_room) {
            EXPECT_LT(room, line.size() + 1 + 7 + 4 * sizeof(char*));
            continue;
        }
        ASSERT_EQ(parsed, Parsed::entry);
        EXPECT_EQ(reinterpret_cast<uintptr_t>(entry.gr_mem) % alignof(char*), 0U);
        EXPECT_STREQ(entry.gr_mem[2], "three");
        EXPECT_EQ(entry.gr_mem[3], nullptr);
    }
}
