// SPDX-License-Identifier: BSD-3-Clause
// Users and groups: <pwd.h>, <grp.h>, and the name that somebody has logged in by.
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "users.hpp"

// Not POSIX's: programs may have their own.
#pragma weak cuserid
#pragma weak fgetgrent
#pragma weak fgetpwent
#pragma weak getgrouplist
#pragma weak initgroups

namespace {

using newlib::users::Parsed;

template <class Entry>
struct Place;
template <>
struct Place<passwd> {
    static constexpr char kPath[] = "/etc/passwd";
    static constexpr char kWithout[] = "root:x:0:0:root:/:"; // who the process is
};
template <>
struct Place<group> {
    static constexpr char kPath[] = "/etc/group";
    static constexpr char kWithout[] = "root:x:0:";
};

// Looking into a file leaves errno as it was.
class SameErrno {
    int before_ = errno;

  public:
    SameErrno() = default;
    SameErrno(const SameErrno&) = delete;
    SameErrno& operator=(const SameErrno&) = delete;
    ~SameErrno() { errno = before_; }
};

// A file of lines, or the one line that stands for a missing one.
template <class Entry>
class Lines {
    FILE* file_;
    bool is_open_;
    bool given_; // that line

    // 0, ENOENT at the end, or what reading said.
    int read(char* text, int room) {
        if (file_ != nullptr) {
            errno = 0;
            const bool is_there = fgets(text, room, file_) != nullptr;
            return ferror(file_) ? (errno != 0 ? errno : EIO) : is_there ? 0 : ENOENT;
        }
        if (given_) {
            return ENOENT;
        }
        given_ = true;
        strlcpy(text, Place<Entry>::kWithout, static_cast<size_t>(room));
        return 0;
    }

    // A line may have bytes of 0. Only one that fills the room has its end in the last byte, which
    // was something else before.
    bool is_whole(const char* text, int room) const {
        if (file_ == nullptr) {
            return static_cast<size_t>(room) >= sizeof(Place<Entry>::kWithout);
        }
        return text[room - 1] != 0 || text[room - 2] == '\n' || feof(file_);
    }

    // The latest line is the next one again; of a stream that cannot be sought in it is left out.
    int again(long at, bool is_whole) {
        given_ = false;
        if (file_ == nullptr || (at >= 0 && fseek(file_, at, SEEK_SET) == 0)) {
            return ERANGE;
        }
        int rest = is_whole ? '\n' : 0;
        while (rest != '\n' && rest != EOF) {
            rest = getc(file_);
        }
        return ESPIPE;
    }

  public:
    constexpr Lines() : Lines(nullptr) {}
    constexpr explicit Lines(FILE* file) : file_(file), is_open_(file != nullptr), given_(false) {}

    // 0, or an error's number.
    int open() {
        if (is_open_) {
            return 0;
        }
        const int before = errno;
        file_ = fopen(Place<Entry>::kPath, "re");
        const int error = file_ != nullptr ? 0 : errno;
        errno = before;
        is_open_ = error == 0 || error == ENOENT || error == ENOTDIR || error == ENOSYS;
        return is_open_ ? 0 : error;
    }

    void close() {
        if (file_ != nullptr) {
            fclose(file_);
        }
        *this = Lines();
    }

    // ENOENT: there is no further one. ERANGE: it has no room, and is the next one still. ESPIPE:
    // it had no room, and is lost.
    int next(Entry& out, char* text, size_t room) {
        if (room < 2) {
            return ERANGE;
        }
        const SameErrno same;
        const int most = room > INT_MAX ? INT_MAX : static_cast<int>(room);
        for (;;) {
            const long at = file_ != nullptr ? ftell(file_) : 0;
            text[most - 1] = 1;
            if (const int error = read(text, most); error != 0) {
                return error;
            }
            if (!is_whole(text, most)) {
                return again(at, false);
            }
            const Parsed parsed = newlib::users::parse(text, text + most, out);
            if (parsed == Parsed::no_room) {
                return again(at, true);
            }
            if (parsed == Parsed::entry) {
                return 0;
            }
        }
    }
};

// The first entry that matches.
template <class Entry, class Match>
int find(Match match, Entry* out, char* text, size_t room, Entry** result) {
    *result = nullptr;
    Lines<Entry> lines;
    int error = lines.open();
    while (error == 0 && *result == nullptr) {
        error = lines.next(*out, text, room);
        if (error == 0 && match(*out)) {
            *result = out;
        }
    }
    lines.close();
    return error == ENOENT ? 0 : error;
}

// What functions without a place for their answer use.
template <class Entry>
struct Kept {
    Entry entry;
    char* text;
    size_t room;
    Lines<Entry> all;
};

constinit Kept<passwd> g_users{};
constinit Kept<group> g_groups{};

// ask(text, room) answers an error's number; with ERANGE it is asked again with more room.
template <class Entry, class Ask>
int with_room(Kept<Entry>& kept, Ask ask) {
    constexpr size_t kFirst = 512;
    for (;;) {
        const int error = kept.room == 0 ? ERANGE : ask(kept.text, kept.room);
        if (error != ERANGE) {
            return error;
        }
        const size_t more = kept.room == 0 ? kFirst : kept.room * 2;
        void* text = realloc(kept.text, more);
        if (text == nullptr) {
            return ENOMEM;
        }
        kept.text = static_cast<char*>(text);
        kept.room = more;
    }
}

// Of functions that answer with a pointer.
template <class Entry>
Entry* answer(Kept<Entry>& kept, int error) {
    if (error == 0) {
        return &kept.entry;
    }
    errno = error == ENOENT ? errno : error;
    return nullptr;
}

template <class Entry, class Match>
Entry* keep(Kept<Entry>& kept, Match match) {
    Entry* found = nullptr;
    const int error = with_room(kept, [&](char* text, size_t room) {
        return find(match, &kept.entry, text, room, &found);
    });
    return answer(kept, error == 0 && found == nullptr ? ENOENT : error);
}

// 0, ENOENT at the end, or an error's number.
template <class Entry>
int next_of(Kept<Entry>& kept, Lines<Entry>& lines) {
    return with_room(kept, [&](char* text, size_t room) {
        const int error = lines.open();
        return error != 0 ? error : lines.next(kept.entry, text, room);
    });
}

template <class Entry>
Entry* next_kept(Kept<Entry>& kept, Lines<Entry>& lines) {
    return answer(kept, next_of(kept, lines));
}

auto user_named(const char* name) {
    return [name](const passwd& user) { return strcmp(user.pw_name, name) == 0; };
}
auto user_of(uid_t number) {
    return [number](const passwd& user) { return user.pw_uid == number; };
}
auto group_named(const char* name) {
    return [name](const group& each) { return strcmp(each.gr_name, name) == 0; };
}
auto group_of(gid_t number) {
    return [number](const group& each) { return each.gr_gid == number; };
}

bool has_member(const group& each, const char* user) {
    for (char** member = each.gr_mem; *member != nullptr; member++) {
        if (strcmp(*member, user) == 0) {
            return true;
        }
    }
    return false;
}

// `first` and the groups of the user, `most` of them at most; how many there are. 0, or an error's
// number. What it reads it keeps in its own room, so that any thread may call it.
int groups_of(const char* user, gid_t first, gid_t* groups, int most, int& found) {
    Kept<group> own{};
    found = 0;
    const auto add = [&](gid_t number) {
        if (found < most) {
            groups[found] = number;
        }
        found++;
    };
    add(first);
    int error = 0;
    while ((error = next_of(own, own.all)) == 0) {
        if (own.entry.gr_gid != first && has_member(own.entry, user)) {
            add(own.entry.gr_gid);
        }
    }
    own.all.close();
    free(own.text);
    return error == ENOENT ? 0 : error;
}

} // namespace

int getpwnam_r(const char* name, struct passwd* user, char* text, size_t room,
               struct passwd** result) {
    return find(user_named(name), user, text, room, result);
}

int getpwuid_r(uid_t number, struct passwd* user, char* text, size_t room, struct passwd** result) {
    return find(user_of(number), user, text, room, result);
}

struct passwd* getpwnam(const char* name) {
    return keep(g_users, user_named(name));
}

struct passwd* getpwuid(uid_t user) {
    return keep(g_users, user_of(user));
}

void setpwent() {
    g_users.all.close();
}

void endpwent() {
    g_users.all.close();
}

struct passwd* getpwent() {
    return next_kept(g_users, g_users.all);
}

struct passwd* fgetpwent(FILE* from) {
    Lines<passwd> lines(from);
    return next_kept(g_users, lines);
}

int getgrnam_r(const char* name, struct group* group, char* text, size_t room,
               struct group** result) {
    return find(group_named(name), group, text, room, result);
}

int getgrgid_r(gid_t number, struct group* group, char* text, size_t room, struct group** result) {
    return find(group_of(number), group, text, room, result);
}

struct group* getgrnam(const char* name) {
    return keep(g_groups, group_named(name));
}

struct group* getgrgid(gid_t number) {
    return keep(g_groups, group_of(number));
}

void setgrent() {
    g_groups.all.close();
}

void endgrent() {
    g_groups.all.close();
}

struct group* getgrent() {
    return next_kept(g_groups, g_groups.all);
}

struct group* fgetgrent(FILE* from) {
    Lines<group> lines(from);
    return next_kept(g_groups, lines);
}

int getgrouplist(const char* user, gid_t first, gid_t* groups, int* count) {
    int found = 0;
    const int error = groups_of(user, first, groups, *count, found);
    if (error != 0) {
        errno = error;
        return -1;
    }
    const bool fits = found <= *count;
    *count = found;
    return fits ? found : -1;
}

int initgroups(const char* user, gid_t first) {
    gid_t* groups = nullptr;
    int most = 0;
    int error = 0;
    for (int found = 8; error == 0 && found > most;) { // until all fit: the file may change
        void* more = realloc(groups, static_cast<size_t>(found) * sizeof(gid_t));
        if (more == nullptr) {
            error = ENOMEM;
            break;
        }
        groups = static_cast<gid_t*>(more);
        most = found;
        error = groups_of(user, first, groups, most, found);
        if (error == 0 && found <= most) {
            error = setgroups(found, groups) != 0 ? errno : 0;
        }
    }
    free(groups);
    errno = error != 0 ? error : errno;
    return error != 0 ? -1 : 0;
}

// Nobody logs in: it is the name of the user that the process is.
int getlogin_r(char* name, size_t room) {
    char text[1024]; // _SC_GETPW_R_SIZE_MAX
    struct passwd user;
    struct passwd* found = nullptr;
    const int error = getpwuid_r(getuid(), &user, text, sizeof(text), &found);
    if (found == nullptr) {
        return error != 0 ? error : ENXIO;
    }
    return strlcpy(name, user.pw_name, room) < room ? 0 : ERANGE;
}

char* getlogin() {
    static char name[LOGIN_NAME_MAX];
    const int error = getlogin_r(name, sizeof(name));
    errno = error != 0 ? error : errno;
    return error != 0 ? nullptr : name;
}

char* cuserid(char* name) {
    static char own[L_cuserid];
    char* to = name != nullptr ? name : own;
    if (getlogin_r(to, L_cuserid) != 0) {
        *to = 0;
    }
    return to;
}
