// SPDX-License-Identifier: BSD-3-Clause
// ls: one name in a line, in the order of names.
#include "commands.hpp"
#include "names.hpp"

#include <uk/abi/errno.h>
#include <uk/abi/fcntl.h>
#include <uk/abi/stat.h>
#include <uk/base/format.hpp>
#include <uk/shell/text.hpp>
#include <uk/syscall.h>

namespace uk::shell {

namespace {

constexpr unsigned kLong = 0;
constexpr unsigned kAll = 1;

void show_size(Output& out, const uk_stat& facts) {
    const uint32_t kind = facts.st_mode & UK_S_IFMT;
    if (kind != UK_S_IFCHR && kind != UK_S_IFBLK)
        return out.append("%10lld", static_cast<long long>(facts.st_size));
    const uint64_t device = facts.st_rdev;
    const auto major = static_cast<unsigned>((device >> 8 & 0xfff) | (device >> 32 & ~0xfffull));
    const auto minor = static_cast<unsigned>((device & 0xff) | (device >> 12 & ~0xffull));
    char text[24];
    const std::string_view both = format(text, "%u, %u", major, minor);
    out.append("%10.*s", static_cast<int>(both.size()), both.data());
}

void show_name(Output& out, std::string_view name) {
    char room[kMostName + 1];
    // Paths that somebody has typed may be longer than names.
    for (; !name.empty();
         name.remove_prefix(name.size() < sizeof(room) ? name.size() : sizeof(room)))
        out.write(printable(name, room));
}

// `name` in the folder `fd`, shown as it is.
int show(Call& call, int fd, const char* name, bool is_long) {
    if (is_long) {
        uk_stat facts;
        const long done = uk_sys_newfstatat(fd, name, &facts, UK_AT_SYMLINK_NOFOLLOW);
        if (done < 0)
            return call.fail("cannot look at", name, done);
        call.out.append("%s %3u %4u %4u ", mode_text(facts.st_mode).text,
                        static_cast<unsigned>(facts.st_nlink), facts.st_uid, facts.st_gid);
        show_size(call.out, facts);
        call.out.append(" %.16s ", date_text(facts.st_mtim.tv_sec).text);
        show_name(call.out, name);
        char target[512];
        long size = 0;
        if ((facts.st_mode & UK_S_IFMT) == UK_S_IFLNK &&
            (size = uk_sys_readlinkat(fd, name, target, sizeof(target))) > 0) {
            call.out.append(" -> ");
            show_name(call.out, {target, static_cast<size_t>(size)});
        }
    } else {
        show_name(call.out, name);
    }
    call.out.append("\n");
    return 0;
}

int list_folder(Call& call, const char* path, const Options& options) {
    const long fd =
        uk_sys_openat(UK_AT_FDCWD, path, UK_O_RDONLY | UK_O_DIRECTORY | UK_O_CLOEXEC, 0);
    if (fd < 0)
        return call.fail("cannot open", path, fd);
    const int folder = static_cast<int>(fd);
    Names names;
    const long read = names.read(folder, options.has(kAll));
    int status = read < 0 ? call.fail("cannot read", path, read) : 0;
    for (Entry* entry = names.first(); entry != nullptr && !stopped(); entry = names.next(*entry))
        status |= show(call, folder, entry->text(), options.has(kLong));
    uk_sys_close(folder);
    return status;
}

} // namespace

int run_ls(Call& call) {
    Options options = read_options(call.words, "la");
    if (options.unknown != '\0')
        return call.misused("there is no such option");
    static constexpr const char* kHere[] = {"."};
    if (options.others.empty())
        options.others = kHere;
    int status = 0;
    bool first = true;
    for (const char* path : options.others) {
        uk_stat facts;
        // With -l a link is shown as it is; without, one that leads nowhere.
        long done = uk_sys_newfstatat(UK_AT_FDCWD, path, &facts,
                                      options.has(kLong) ? UK_AT_SYMLINK_NOFOLLOW : 0);
        if (done < 0)
            done = uk_sys_newfstatat(UK_AT_FDCWD, path, &facts, UK_AT_SYMLINK_NOFOLLOW);
        if (done < 0) {
            status = call.fail("cannot look at", path, done);
            continue;
        }
        if ((facts.st_mode & UK_S_IFMT) != UK_S_IFDIR) {
            status |= show(call, UK_AT_FDCWD, path, options.has(kLong));
            continue;
        }
        if (options.others.size() > 1)
            call.out.append("%s%s:\n", first ? "" : "\n", path);
        first = false;
        status |= list_folder(call, path, options);
    }
    return status;
}

} // namespace uk::shell
