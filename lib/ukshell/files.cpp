// SPDX-License-Identifier: BSD-3-Clause
// Commands that read, copy, move, make and remove files.
#include "commands.hpp"

#include <uk/abi/errno.h>
#include <uk/abi/fcntl.h>
#include <uk/abi/stat.h>
#include <uk/alloc/heap.hpp>
#include <uk/base/format.hpp>
#include <uk/shell/text.hpp>
#include <uk/syscall.h>

namespace uk::shell {

namespace {

constexpr int kHere = UK_AT_FDCWD;
constexpr size_t kBlock = size_t{16} << 10;

class Descriptor {
  public:
    Descriptor(const char* path, int flags, unsigned mode = 0)
        : fd_(uk_sys_openat(kHere, path, flags | UK_O_CLOEXEC, mode)) {}
    ~Descriptor() { (void)close(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    [[nodiscard]] long error() const { return fd_ < 0 ? fd_ : 0; }
    [[nodiscard]] int fd() const { return static_cast<int>(fd_); }
    long close() {
        const long result = fd_ >= 0 ? uk_sys_close(fd()) : 0;
        fd_ = -UK_EBADF;
        return result;
    }

  private:
    long fd_;
};

class Block {
  public:
    Block() : data_(static_cast<char*>(heap::allocate(kBlock))) {}
    ~Block() { heap::deallocate(data_); }
    Block(const Block&) = delete;
    Block& operator=(const Block&) = delete;
    [[nodiscard]] char* data() const { return data_; }

  private:
    char* data_;
};

// 0, or what read() says.
long show(int fd, const Block& block, Output& out) {
    while (out.error() == 0 && wait_for(fd)) {
        const long size = uk_sys_read(fd, block.data(), kBlock);
        if (size <= 0 && size != -UK_EINTR)
            return size;
        if (size > 0)
            out.write({block.data(), static_cast<size_t>(size)});
    }
    return 0;
}

// Where something goes if `to` may be a directory.
class Destination {
  public:
    // Returns 0 or what is wrong.
    long set(const char* from, const char* to) {
        uk_stat facts;
        path_ = to;
        if (uk_sys_newfstatat(kHere, to, &facts, 0) < 0 ||
            (facts.st_mode & UK_S_IFMT) != UK_S_IFDIR)
            return 0;
        const std::string_view name = base_name(from);
        path_ = room_;
        const int size = uk_snprintf(room_, sizeof(room_), "%s/%.*s", to,
                                     static_cast<int>(name.size()), name.data());
        return static_cast<size_t>(size) < sizeof(room_) ? 0 : -UK_ENAMETOOLONG;
    }
    [[nodiscard]] const char* path() const { return path_; }

  private:
    const char* path_ = nullptr;
    char room_[1024];
};

int write_all(Call& call, int fd, const char* path, const char* data, size_t size) {
    while (size != 0) {
        const long done = uk_sys_write(fd, data, size);
        if (done <= 0)
            return call.fail("cannot write to", path, done < 0 ? done : -UK_EIO);
        data += done;
        size -= static_cast<size_t>(done);
    }
    return 0;
}

} // namespace

int copy_file(Call& call, const char* from, const char* to) {
    const Block block;
    if (block.data() == nullptr)
        return call.fail("cannot copy", from, -UK_ENOMEM);
    Descriptor source(from, UK_O_RDONLY);
    uk_stat facts;
    long done = source.error() != 0 ? source.error() : uk_sys_fstat(source.fd(), &facts);
    if (done == 0 && (facts.st_mode & UK_S_IFMT) == UK_S_IFDIR)
        done = -UK_EISDIR;
    if (done < 0)
        return call.fail("cannot read", from, done);
    uk_stat there;
    if (uk_sys_newfstatat(kHere, to, &there, 0) == 0 && there.st_ino == facts.st_ino &&
        there.st_dev == facts.st_dev) {
        call.errors.append("%s: '%s' and '%s' are the same file\n", call.name(), from, to);
        return 1;
    }
    Descriptor target(to, UK_O_WRONLY | UK_O_CREAT | UK_O_TRUNC, facts.st_mode & 0777);
    if (target.error() != 0)
        return call.fail("cannot make", to, target.error());
    while (wait_for(source.fd())) {
        const long size = uk_sys_read(source.fd(), block.data(), kBlock);
        if (size == -UK_EINTR)
            continue;
        if (size < 0)
            return call.fail("cannot read", from, size);
        if (size == 0)
            break;
        if (write_all(call, target.fd(), to, block.data(), static_cast<size_t>(size)) != 0)
            return 1;
    }
    done = target.close();
    return done < 0 ? call.fail("cannot write to", to, done) : 0;
}

namespace {

int move(Call& call, const char* from, const char* to) {
    const long moved = uk_sys_renameat(kHere, from, kHere, to);
    if (moved >= 0)
        return 0;
    uk_stat facts;
    if (moved != -UK_EXDEV || uk_sys_newfstatat(kHere, from, &facts, UK_AT_SYMLINK_NOFOLLOW) < 0 ||
        (facts.st_mode & UK_S_IFMT) != UK_S_IFREG)
        return call.fail("cannot move", from, moved);
    if (const int status = copy_file(call, from, to); status != 0 || stopped())
        return 1;
    const long gone = uk_sys_unlinkat(kHere, from, 0);
    return gone < 0 ? call.fail("copied, but cannot remove", from, gone) : 0;
}

// cp and mv: FILE TO, or FILE... FOLDER.
int transfer(Call& call, const Options& options,
             int (*one)(Call& call, const char* from, const char* to)) {
    if (options.unknown != '\0' || options.others.size() < 2)
        return call.misused("from where, and where to?");
    const char* last = options.others.back();
    const auto files = options.others.first(options.others.size() - 1);
    if (uk_stat facts; files.size() > 1 && (uk_sys_newfstatat(kHere, last, &facts, 0) < 0 ||
                                            (facts.st_mode & UK_S_IFMT) != UK_S_IFDIR))
        return call.misused("several files only go to a folder");
    int status = 0;
    for (const char* from : files) {
        Destination to;
        const long result = to.set(from, last);
        const int done =
            result < 0 ? call.fail("cannot name", last, result) : one(call, from, to.path());
        status = done != 0 ? done : status;
        if (stopped())
            break;
    }
    return status;
}

int remove_each(Call& call, const Options& options, bool forgives,
                int (*one)(Call& call, const char* path, bool forgives)) {
    if (options.unknown != '\0')
        return call.misused("there is no such option");
    if (options.others.empty() && !forgives)
        return call.misused("what?");
    int status = 0;
    for (const char* path : options.others) {
        status |= one(call, path, forgives);
        if (stopped())
            break;
    }
    return status;
}

int remove_by(Call& call, const char* path, int flags, bool forgives) {
    const long done = uk_sys_unlinkat(kHere, path, flags);
    return done < 0 && !(forgives && done == -UK_ENOENT) ? call.fail("cannot remove", path, done)
                                                         : 0;
}
int remove_file(Call& call, const char* path, bool forgives) {
    return remove_by(call, path, 0, forgives);
}
int remove_folder(Call& call, const char* path, bool forgives) {
    return remove_by(call, path, UK_AT_REMOVEDIR, forgives);
}

// With all that is missing above it. `path` is written to meanwhile.
long make_path(char* path) {
    for (char* at = path + 1; *at != '\0'; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        const long made = uk_sys_mkdirat(kHere, path, 0777);
        *at = '/';
        if (made < 0 && made != -UK_EEXIST)
            return made;
    }
    const long made = uk_sys_mkdirat(kHere, path, 0777);
    uk_stat facts;
    if (made == -UK_EEXIST && uk_sys_newfstatat(kHere, path, &facts, 0) == 0 &&
        (facts.st_mode & UK_S_IFMT) == UK_S_IFDIR)
        return 0;
    return made;
}

} // namespace

int run_cat(Call& call) {
    const Options options = read_options(call.words, "");
    if (options.unknown != '\0')
        return call.misused("there are no options");
    const Block block;
    if (block.data() == nullptr)
        return call.fail("cannot read", "files", -UK_ENOMEM);
    static constexpr const char* kInput[] = {"-"};
    int status = 0;
    for (const char* path : options.others.empty() ? std::span(kInput) : options.others) {
        long done;
        if (std::string_view(path) == "-") {
            call.out.flush();
            done = show(call.in, block, call.out);
        } else {
            Descriptor file(path, UK_O_RDONLY);
            done = file.error() != 0 ? file.error() : show(file.fd(), block, call.out);
        }
        if (stopped())
            break;
        if (done < 0)
            status = call.fail("cannot read", path, done);
    }
    return status;
}

int run_cp(Call& call) {
    const Options options = read_options(call.words, "r");
    return transfer(call, options, options.has(0) ? copy_tree : copy_file);
}

int run_mv(Call& call) {
    return transfer(call, read_options(call.words, ""), move);
}

int run_rm(Call& call) {
    const Options options = read_options(call.words, "fr");
    return remove_each(call, options, options.has(0), options.has(1) ? remove_tree : remove_file);
}

int run_rmdir(Call& call) {
    return remove_each(call, read_options(call.words, ""), false, remove_folder);
}

int run_mkdir(Call& call) {
    const Options options = read_options(call.words, "p");
    if (options.unknown != '\0')
        return call.misused("there is no such option");
    if (options.others.empty())
        return call.misused("what?");
    int status = 0;
    for (const char* path : options.others) {
        char room[1024];
        long made = -UK_ENAMETOOLONG;
        if (!options.has(0))
            made = uk_sys_mkdirat(kHere, path, 0777);
        else if (format(room, "%s", path).size() == std::string_view(path).size())
            made = make_path(room);
        if (made < 0)
            status = call.fail("cannot make", path, made);
    }
    return status;
}

} // namespace uk::shell
