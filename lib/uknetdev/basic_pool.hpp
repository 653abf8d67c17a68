// SPDX-License-Identifier: BSD-3-Clause
// The bodies of BasicPool, for those who instantiate it.
#pragma once

#include <new>

#include <uk/base/address.hpp>
#include <uk/base/bits.hpp>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/netdev/pool.hpp>

namespace uk::netdev {

template <class Lock>
Result<> BasicPool<Lock>::init(const PoolRequest& request) {
    constexpr uint32_t kLine = 64;
    constexpr uint32_t kMost = 1U << 20; // of each number: products fit
    UK_ASSERT(memory_ == nullptr);
    if (request.count == 0 || request.count > kMost || request.bytes == 0 ||
        request.bytes > kMost || request.bytes % kLine != 0 || request.headroom > request.bytes ||
        request.private_bytes > kMost) {
        return Errno::inval;
    }
    stride_ = align_up(sizeof(Buffer) + request.private_bytes, size_t{alignof(Buffer)});
    const size_t data = size_t{request.count} * request.bytes;
    pages_ = div_round_up(data + request.count * stride_, kPageSize);
    memory_ = static_cast<std::byte*>(UK_TRY(falloc::allocate_run(pages_)));
    buffers_ = memory_ + data;
    shape_ = request;
    free_ = nullptr;
    fresh_ = 0;
    free_count_.store_relaxed(request.count);
    return {};
}

template <class Lock>
Buffer* BasicPool<Lock>::take_locked() {
    if (Buffer* buffer = free_; buffer != nullptr) {
        free_ = buffer->link;
        buffer->link = nullptr;
        return buffer;
    }
    if (fresh_ == shape_.count) {
        return nullptr;
    }
    std::byte* at = buffers_ + fresh_ * stride_;
    std::byte* memory = memory_ + size_t{fresh_} * shape_.bytes;
    fresh_++;
    auto* buffer = ::new (at) Buffer(memory, shape_.bytes, shape_.headroom, release);
    buffer->owner = this;
    __builtin_memset(BasicPool::private_of(*buffer), 0, stride_ - sizeof(Buffer));
    return buffer;
}

template <class Lock>
Buffer* BasicPool<Lock>::take() {
    Buffer* one = nullptr;
    return take({&one, 1}) == 1 ? one : nullptr;
}

template <class Lock>
size_t BasicPool<Lock>::take(std::span<Buffer*> buffers) {
    size_t count = 0;
    LockGuard guard(lock_);
    while (count < buffers.size()) {
        Buffer* buffer = take_locked();
        if (buffer == nullptr) {
            break;
        }
        buffers[count++] = buffer;
    }
    free_count_.store_relaxed(free_count_.load_relaxed() - static_cast<uint32_t>(count));
    return count;
}

template <class Lock>
void BasicPool<Lock>::release(Buffer& buffer) {
    BasicPool& pool = *static_cast<BasicPool*>(buffer.owner);
    buffer.reset(pool.shape_.headroom);
    LockGuard guard(pool.lock_);
    buffer.link = pool.free_;
    pool.free_ = &buffer;
    pool.free_count_.store_relaxed(pool.free_count_.load_relaxed() + 1);
}

template <class Lock>
void BasicPool<Lock>::close() {
    UK_VERIFY(free_count() == shape_.count);
    if (memory_ != nullptr) {
        falloc::free_run(memory_, pages_);
    }
    memory_ = nullptr;
    shape_ = {};
    free_count_.store_relaxed(0);
}

} // namespace uk::netdev
