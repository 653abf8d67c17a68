// SPDX-License-Identifier: BSD-3-Clause
// Pool: buffers of one size, ready for devices to write into.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/base/result.hpp>
#include <uk/netdev/buffer.hpp>
#include <uk/spinlock.hpp>

namespace uk::netdev {

struct PoolRequest {
    uint32_t count = 0;         // buffers
    uint32_t bytes = 2048;      // of each one's memory, headroom included
    uint32_t headroom = 64;     // of a buffer when it is taken
    uint32_t private_bytes = 0; // beside each buffer, for the owner of the pool: private_of()
};

// Takes all its memory when it is made. Any number of threads; a release may come after those who
// use the pool have stopped, so the pool lives until all buffers are back.
class Pool {
  public:
    Pool() = default;
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    // Once, before anything else. Errors: EINVAL, ENOMEM.
    [[nodiscard]] Result<> init(const PoolRequest& request);
    // A buffer without data; null: all are in use. Thread context; does not block. O(1).
    [[nodiscard]] Buffer* take();
    [[nodiscard]] uint32_t free_count() const { return free_count_; }
    [[nodiscard]] const PoolRequest& shape() const { return shape_; }
    // The owner's bytes beside a buffer of a pool, at a multiple of 16.
    [[nodiscard]] static void* private_of(Buffer& buffer) { return &buffer + 1; }
    // Gives memory back. All buffers are in the pool.
    void close();

  private:
    static void release(Buffer& buffer);

    PoolRequest shape_;
    Spinlock lock_;
    Buffer* free_ = nullptr; // a list by Buffer::link
    uint32_t free_count_ = 0;
    void* buffers_ = nullptr;
    void* memory_ = nullptr;
    size_t pages_ = 0;
};

} // namespace uk::netdev
