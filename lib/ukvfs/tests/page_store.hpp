// SPDX-License-Identifier: BSD-3-Clause
// What a PagedContent stands on, for tests: frames of the host, with limits and failures.
#pragma once

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <set>

#include <uk/assert.h>
#include <uk/base/address.hpp>
#include <uk/base/result.hpp>
#include <uk/vfs/paged_content.hpp>

// Shared by the contents of one test; all frames and blocks are back at its end.
struct PageStore {
    ~PageStore() {
        UK_ASSERT(frames == 0 && "frames are left");
        UK_ASSERT(blocks == 0 && "tables are left");
    }

    std::atomic<uint64_t> frames{0};
    std::atomic<uint64_t> blocks{0};
    uint64_t most_frames = ~uint64_t{0}; // then ENOSPC
    std::atomic<int64_t> fail_in{-1};    // the k-th request of any kind (from 0), once: ENOMEM
    std::atomic<uint64_t> zeroed{0};

    bool fails() { return fail_in.fetch_sub(1) == 0; }
    bool failure_is_to_come() const { return fail_in >= 0; }
};

struct PageStoreFace {
    struct Lock {
        struct State {};
        State lock() {
            mutex.lock();
            return {};
        }
        void unlock(State /*state*/) { mutex.unlock(); }
        std::mutex mutex;
    };

    PageStore* store;

    uk::Result<uk::Paddr> take_page() {
        if (store->fails())
            return uk::Errno::nomem;
        if (store->frames.fetch_add(1) >= store->most_frames) {
            store->frames--;
            return uk::Errno::nospc;
        }
        void* frame = std::aligned_alloc(uk::kPageSize, uk::kPageSize);
        std::memset(frame, 0xa5, uk::kPageSize);
        return uk::Paddr{reinterpret_cast<uintptr_t>(frame)};
    }
    void give_page(uk::Paddr frame) {
        store->frames--;
        std::free(bytes(frame));
    }
    bool has_room(uint64_t pages) {
        return pages <= store->most_frames && store->frames <= store->most_frames - pages;
    }
    std::byte* bytes(uk::Paddr frame) { return reinterpret_cast<std::byte*>(frame.value()); }
    void* allocate(size_t size) {
        if (store->fails())
            return nullptr;
        store->blocks++;
        return std::malloc(size);
    }
    void deallocate(void* block) {
        store->blocks--;
        std::free(block);
    }
};
static_assert(uk::vfs::PageEnvironment<PageStoreFace>);

using Content = uk::vfs::PagedContent<PageStoreFace>;

// Kernel memory as one piece.
struct Piece {
    Piece(const void* data, size_t size)
        : piece{const_cast<void*>(data), size}, pieces({&piece, 1}, uk::IoMemory::kernel) {}
    uk::IoPiece piece;
    uk::IoPieces pieces;
};
