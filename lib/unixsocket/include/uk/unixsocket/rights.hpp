// SPDX-License-Identifier: BSD-3-Clause
// Descriptors on their way from one socket to another (SCM_RIGHTS).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <uk/base/ref.hpp>
#include <uk/base/result.hpp>
#include <uk/string.h>

namespace uk::unixsocket {

inline constexpr size_t kMostRights = 253; // of one message: Linux's SCM_MAX_FD

// Up to kMostRights open files, or none. Moves. E: File, allocate(), deallocate(), file_of(fd).
template <class E>
class Rights {
    using File = typename E::File;

  public:
    constexpr Rights() = default;
    constexpr Rights(Rights&& other) noexcept
        : files_(std::exchange(other.files_, nullptr)), count_(std::exchange(other.count_, 0)) {}
    Rights& operator=(Rights&& other) noexcept {
        std::swap(files_, other.files_);
        std::swap(count_, other.count_);
        return *this;
    }
    // Drops the files: never under a lock that their end takes.
    ~Rights() {
        if (files_ != nullptr) [[unlikely]]
            drop();
    }

    [[nodiscard]] bool empty() const { return count_ == 0; }
    [[nodiscard]] std::span<File* const> all() const { return {files_, count_}; }

    // Adds those of a control message: numbers of descriptors. Errors: EINVAL (too many), EBADF,
    // ENOMEM; what was added before stays.
    [[nodiscard]] Result<> add(std::span<const std::byte> descriptors) {
        const size_t more = descriptors.size() / sizeof(int);
        if (more > kMostRights - count_)
            return Errno::inval;
        UK_TRY(reserve(more));
        for (size_t i = 0; i < more; i++) {
            int fd = 0;
            memcpy(&fd, descriptors.data() + i * sizeof(int), sizeof(int));
            files_[count_] = UK_TRY(E::file_of(fd)).release();
            count_++;
        }
        return ok();
    }
    // The same files once more, for who only looks. Errors: ENOMEM.
    [[nodiscard]] Result<> copy(const Rights& from) {
        UK_TRY(reserve(from.count_));
        for (File* file : from.all()) {
            file->ref_retain();
            files_[count_++] = file;
        }
        return ok();
    }

  private:
    [[gnu::cold, gnu::noinline]] void drop() {
        for (File* file : all())
            file->ref_release();
        E::deallocate(files_);
    }
    Result<> reserve(size_t more) {
        if (more == 0 || files_ != nullptr) // there is room for all then
            return ok();
        files_ = static_cast<File**>(E::allocate(kMostRights * sizeof(File*)));
        return files_ != nullptr ? ok() : Result<>(Errno::nomem);
    }

    File** files_ = nullptr;
    size_t count_ = 0;
};

} // namespace uk::unixsocket
