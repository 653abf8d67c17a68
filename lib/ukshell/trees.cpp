// SPDX-License-Identifier: BSD-3-Clause
// Commands that walk into folders: cp -r and rm -r. Without recursion: folders may be deep.
#include "commands.hpp"
#include "names.hpp"

#include <uk/abi/errno.h>
#include <uk/abi/fcntl.h>
#include <uk/abi/stat.h>
#include <uk/alloc/heap.hpp>
#include <uk/shell/text.hpp>
#include <uk/string.h>
#include <uk/syscall.h>

#include <new>

namespace uk::shell {

namespace {

constexpr int kHere = UK_AT_FDCWD;
constexpr size_t kMostPath = 4096;

bool is_folder(const uk_stat& facts) {
    return (facts.st_mode & UK_S_IFMT) == UK_S_IFDIR;
}

// A path that grows and shrinks by names.
class Path {
  public:
    // Returns 0 or what is wrong.
    long set(std::string_view text) {
        text_ = static_cast<char*>(heap::allocate(kMostPath));
        if (text_ == nullptr)
            return -UK_ENOMEM;
        size_ = 0;
        return append(text);
    }
    Path() = default;
    ~Path() { heap::deallocate(text_); }
    Path(const Path&) = delete;
    Path& operator=(const Path&) = delete;

    long add(std::string_view name) {
        const size_t before = size_;
        const long done = append("/") == 0 ? append(name) : -UK_ENAMETOOLONG;
        if (done != 0)
            cut(before);
        return done;
    }
    void cut(size_t size) {
        size_ = size;
        text_[size_] = '\0';
    }
    [[nodiscard]] size_t size() const { return size_; }
    [[nodiscard]] const char* get() const { return text_; }

  private:
    long append(std::string_view what) {
        if (size_ + what.size() >= kMostPath)
            return -UK_ENAMETOOLONG;
        memcpy(text_ + size_, what.data(), what.size());
        size_ += what.size();
        text_[size_] = '\0';
        return 0;
    }

    char* text_ = nullptr;
    size_t size_ = 0;
};

// A folder that is being walked through: its names, and which is next.
struct Level {
    Level* up;
    size_t from_size; // of the paths that lead to it
    size_t to_size;
    Names names{};
    Entry* at = nullptr;

    [[nodiscard]] Entry* next() {
        while (at != nullptr && (at->name() == "." || at->name() == ".."))
            at = names.next(*at);
        Entry* entry = at;
        if (at != nullptr)
            at = names.next(*at);
        return entry;
    }
};

// Walks below a folder; what is done there is the derived class's.
class Walk {
  public:
    explicit Walk(Call& call) : call_(call) {}
    ~Walk() {
        while (level_ != nullptr)
            leave();
    }
    Walk(const Walk&) = delete;
    Walk& operator=(const Walk&) = delete;

    Path from;
    Path to;

    // Into the folder `from`. Returns 0 or what is wrong.
    long enter() {
        void* memory = heap::allocate(sizeof(Level));
        if (memory == nullptr)
            return -UK_ENOMEM;
        level_ = ::new (memory) Level{level_, from.size(), to.size()};
        const long fd =
            uk_sys_openat(kHere, from.get(), UK_O_RDONLY | UK_O_DIRECTORY | UK_O_CLOEXEC, 0);
        const long done = fd < 0 ? fd : level_->names.read(static_cast<int>(fd), true);
        if (fd >= 0)
            uk_sys_close(static_cast<int>(fd));
        if (done < 0)
            leave();
        else
            level_->at = level_->names.first();
        return done;
    }
    [[nodiscard]] bool is_inside() const { return level_ != nullptr; }
    // Both paths to the next name; null: there is none, and the paths are the folder's own. Names
    // that make paths too long are said and left out.
    Entry* next() {
        for (;;) {
            from.cut(level_->from_size);
            if (to.get() != nullptr)
                to.cut(level_->to_size);
            Entry* entry = level_->next();
            if (entry == nullptr)
                return nullptr;
            long done = from.add(entry->name());
            if (done == 0 && to.get() != nullptr)
                done = to.add(entry->name());
            if (done == 0)
                return entry;
            fail("cannot name", entry->text(), done);
        }
    }
    void leave() {
        Level* level = level_;
        level_ = level->up;
        level->~Level();
        heap::deallocate(level);
    }
    void fail(const char* what, const char* about, long result) {
        status = call_.fail(what, about, result);
    }
    [[nodiscard]] Call& call() const { return call_; }

    int status = 0;

  private:
    Call& call_;
    Level* level_ = nullptr;
};

// What is no folder and no regular file.
long make_again(const char* from, const char* to, const uk_stat& facts) {
    if ((facts.st_mode & UK_S_IFMT) != UK_S_IFLNK)
        return uk_sys_mknodat(kHere, to, facts.st_mode, static_cast<unsigned>(facts.st_rdev));
    Path target;
    if (const long done = target.set(""); done != 0)
        return done;
    char* text = const_cast<char*>(target.get());
    const long size = uk_sys_readlinkat(kHere, from, text, kMostPath - 1);
    if (size < 0)
        return size;
    text[size] = '\0';
    return uk_sys_symlinkat(text, kHere, to);
}

class Copy {
  public:
    explicit Copy(Call& call) : walk_(call) {}

    int run(const char* from, const char* to) {
        long done = walk_.from.set(from);
        if (done == 0)
            done = walk_.to.set(to);
        if (done != 0)
            return walk_.call().fail("cannot copy", from, done);
        one();
        while (walk_.is_inside() && !stopped()) {
            if (walk_.next() != nullptr)
                one();
            else
                walk_.leave();
        }
        return stopped() ? 1 : walk_.status;
    }

  private:
    // What the paths lead to, but not what is in it.
    void one() {
        const char* from = walk_.from.get();
        const char* to = walk_.to.get();
        uk_stat facts;
        long done = uk_sys_newfstatat(kHere, from, &facts, UK_AT_SYMLINK_NOFOLLOW);
        if (done < 0)
            return walk_.fail("cannot read", from, done);
        if (is_folder(facts))
            return folder(facts);
        if ((facts.st_mode & UK_S_IFMT) == UK_S_IFREG) {
            if (const int failed = copy_file(walk_.call(), from, to); failed != 0)
                walk_.status = failed;
            return;
        }
        done = make_again(from, to, facts);
        if (done < 0)
            walk_.fail("cannot make", to, done);
    }
    void folder(const uk_stat& facts) {
        const char* from = walk_.from.get();
        const char* to = walk_.to.get();
        if (has_root_ && facts.st_ino == root_.st_ino && facts.st_dev == root_.st_dev)
            return leave_out(from);
        // Its owner may write there, so that it can be filled.
        long done = uk_sys_mkdirat(kHere, to, (facts.st_mode & 07777) | 0700);
        uk_stat there;
        if (done < 0 && !(done == -UK_EEXIST && uk_sys_newfstatat(kHere, to, &there, 0) == 0 &&
                          is_folder(there)))
            return walk_.fail("cannot make", to, done);
        if (!has_root_) {
            has_root_ = uk_sys_newfstatat(kHere, to, &root_, 0) == 0;
            if (has_root_ && facts.st_ino == root_.st_ino && facts.st_dev == root_.st_dev)
                return leave_out(from);
        }
        done = walk_.enter();
        if (done < 0)
            walk_.fail("cannot read", from, done);
    }

    void leave_out(const char* folder) {
        walk_.call().errors.append("%s: '%s' is the copy itself, and left out\n",
                                   walk_.call().name(), folder);
        walk_.status = 1;
    }

    Walk walk_;
    uk_stat root_{}; // of the copy
    bool has_root_ = false;
};

} // namespace

int copy_tree(Call& call, const char* from, const char* to) {
    return Copy(call).run(from, to);
}

int remove_tree(Call& call, const char* path, bool forgives) {
    const std::string_view last = base_name(path);
    if (last == "." || last == ".." || last == "/")
        return call.misused("'.', '..' and '/' stay");
    Walk walk(call);
    if (const long done = walk.from.set(path); done != 0)
        return call.fail("cannot remove", path, done);
    const auto one = [&] {
        const char* at = walk.from.get();
        uk_stat facts;
        long done = uk_sys_newfstatat(kHere, at, &facts, UK_AT_SYMLINK_NOFOLLOW);
        if (done == 0)
            done = is_folder(facts) ? walk.enter() : uk_sys_unlinkat(kHere, at, 0);
        if (done < 0 && !(forgives && done == -UK_ENOENT))
            walk.fail("cannot remove", at, done);
    };
    one();
    while (walk.is_inside() && !stopped()) {
        if (walk.next() != nullptr) {
            one();
            continue;
        }
        walk.leave();
        const long done = uk_sys_unlinkat(kHere, walk.from.get(), UK_AT_REMOVEDIR);
        if (done < 0)
            walk.fail("cannot remove", walk.from.get(), done);
    }
    return stopped() ? 1 : walk.status;
}

} // namespace uk::shell
