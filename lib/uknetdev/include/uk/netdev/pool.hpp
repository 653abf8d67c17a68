// SPDX-License-Identifier: BSD-3-Clause
// Pool: buffers of one size, ready for devices to write into.
//
//     constinit uk::netdev::Pool g_pool;
//     UK_TRY(g_pool.init({.count = 256, .headroom = 64}));
//     netdev::Buffer* packet = g_pool.take();     // null: all are in use
//     netdev::release(packet);                    // back into the pool, from wherever it went
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <uk/base/result.hpp>
#include <uk/netdev/buffer.hpp>
#include <uk/spinlock.hpp>

namespace uk::netdev {

struct PoolRequest {
    uint32_t count = 0;         // buffers
    uint32_t bytes = 2048;      // of each one's memory, headroom included; a multiple of 64
    uint32_t headroom = 64;     // of a buffer when it is taken
    uint32_t private_bytes = 0; // beside each buffer, for the owner of the pool: private_of()
};

// Takes all its memory when it is made, in one piece, and touches a buffer when it is taken for the
// first time. Any number of threads; nothing blocks. A release may come after those who use the
// pool have stopped, so the pool lives until all buffers are back.
//
// Lock guards it: that of the image is in Pool; host tests bring their own.
template <class Lock>
class BasicPool {
  public:
    constexpr BasicPool() = default;
    BasicPool(const BasicPool&) = delete;
    BasicPool& operator=(const BasicPool&) = delete;

    // Once, before anything else. Errors: EINVAL, ENOMEM.
    [[nodiscard]] Result<> init(const PoolRequest& request);
    // A buffer without data; null: all are in use. Thread context.
    [[nodiscard]] Buffer* take();
    // As many as there are of those wanted, under one lock; returns how many.
    [[nodiscard]] size_t take(std::span<Buffer*> buffers);
    // A moment ago, where others use it, too.
    [[nodiscard]] uint32_t free_count() const { return free_count_.load_relaxed(); }
    [[nodiscard]] const PoolRequest& shape() const { return shape_; }
    // Where it begins: in the direct map, as all of it.
    [[nodiscard]] const void* memory() const { return memory_; }
    // The owner's bytes beside a buffer of a pool, at a multiple of 16. Zeros when the buffer is
    // taken for the first time, and then as they were left.
    [[nodiscard]] static void* private_of(Buffer& buffer) { return &buffer + 1; }
    // Gives the memory back; init() may come again. All buffers are in the pool, or it panics.
    void close();

  private:
    static void release(Buffer& buffer);
    Buffer* take_locked();

    PoolRequest shape_;
    Lock lock_;
    Buffer* free_ = nullptr; // a list by Buffer::link
    Atomic<uint32_t> free_count_{0};
    uint32_t fresh_ = 0;          // how many were ever taken
    std::byte* memory_ = nullptr; // of the buffers; behind it are the Buffers
    std::byte* buffers_ = nullptr;
    size_t stride_ = 0; // from one Buffer to the next
    size_t pages_ = 0;
};

using Pool = BasicPool<Spinlock<LockRank::cache>>;

} // namespace uk::netdev
