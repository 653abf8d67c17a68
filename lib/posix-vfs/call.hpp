// SPDX-License-Identifier: BSD-3-Clause
// Private to posix-vfs: what calls with paths and descriptors begin with.
#pragma once

#include <string_view>

#include <uk/abi/fcntl.h>
#include <uk/alloc/heap.hpp>
#include <uk/posix/fdtab.hpp>
#include <uk/posix/vfs.hpp>
#include <uk/user.hpp>
#include <uk/vfs/open_node.hpp>
#include <uk/vfs/operations.hpp>

namespace uk::posix {

template <class T>
Vaddr address(const T* pointer) {
    return Vaddr{reinterpret_cast<uintptr_t>(pointer)};
}

// A string of the application, copied: a short one to the stack, a longer one to the heap.
class Text {
  public:
    Text() = default;
    Text(const Text&) = delete;
    Text& operator=(const Text&) = delete;
    ~Text() { heap::deallocate(long_); }

    // Errors: EFAULT, ENAMETOOLONG (`most` bytes with its 0, or more), ENOMEM.
    [[nodiscard]] Result<> read(const char* from, size_t most = vfs::kMostPath);
    [[nodiscard]] std::string_view view() const {
        return {long_ != nullptr ? long_ : short_, size_};
    }

  private:
    char short_[200];
    char* long_ = nullptr;
    size_t size_ = 0;
};

// Where a path begins: at the root, the current folder or that of a descriptor.
class Start {
  public:
    Start() = default;
    Start(const Start&) = delete;
    Start& operator=(const Start&) = delete;

    // Errors: EBADF, ENOTDIR (for a path that is not absolute), ENOENT (there are no files at all).
    [[nodiscard]] Result<> set(int folder, std::string_view path);
    [[nodiscard]] vfs::At at() const { return {.root = root_, .start = start()}; }
    // For making something: whose it is.
    [[nodiscard]] vfs::At makers_at() const;

  private:
    [[nodiscard]] const vfs::Place& start() const { return start_ ? start_ : root_; }

    vfs::Place root_;
    vfs::Place start_; // empty: the root
};

// Path and start of one argument pair.
struct PathOf {
    Text text;
    Start start;

    [[nodiscard]] Result<> read(int folder, const char* path) {
        UK_TRY(text.read(path));
        if (text.view().empty())
            return Errno::noent;
        return start.set(folder, text.view());
    }
    [[nodiscard]] vfs::At at() const { return start.at(); }
    [[nodiscard]] vfs::At makers_at() const { return start.makers_at(); }
    [[nodiscard]] std::string_view view() const { return text.view(); }
};

// What a call is about that takes a path or, with UK_AT_EMPTY_PATH and none, a descriptor.
struct Target {
    vfs::Place place;
    Ref<File> file; // if the descriptor is of no path: then there is no place
};

// Of `flags` only UK_AT_EMPTY_PATH and UK_AT_SYMLINK_NOFOLLOW count.
[[nodiscard]] Result<Target> target_of(int folder, const char* path, int flags);
// The place that a path leads to.
[[nodiscard]] Result<vfs::Place> place_of(int folder, const char* path, bool follow = true);
// An open file of a path. Errors: EBADF; `other` if the descriptor is of something else.
[[nodiscard]] Result<Ref<File>> open_file(int fd, Errno other);
// The same, not only as a path (O_PATH): for what works on the file rather than on its name.
[[nodiscard]] Result<Ref<File>> working_file(int fd, Errno other);

[[nodiscard]] inline bool is_readable(const File& file) {
    const uint32_t mode = file.status() & UK_O_ACCMODE;
    return mode == UK_O_RDONLY || mode == UK_O_RDWR;
}
[[nodiscard]] inline bool is_writable(const File& file) {
    const uint32_t mode = file.status() & UK_O_ACCMODE;
    return mode == UK_O_WRONLY || mode == UK_O_RDWR;
}

[[nodiscard]] inline const vfs::Place& place_of(File& file) {
    return file.opened_node()->place();
}

} // namespace uk::posix
