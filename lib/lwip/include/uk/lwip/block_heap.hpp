// SPDX-License-Identifier: BSD-3-Clause
// BlockHeap: lwIP's memory. Blocks of a few sizes, side by side in chunks of frames, so that
// devices reach them whatever the image's heap is, and taking one costs a dozen instructions.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/base/list.hpp>

namespace uk::lwip {

// Not synchronised: its owner has a lock. Does not block.
class BlockHeap {
  public:
    struct Stats {
        size_t held_bytes = 0; // of frames
        size_t used_bytes = 0; // in blocks that are in use, at their rounded size
        uint64_t refused = 0;  // requests
    };

    // Takes at most so many bytes of frames.
    constexpr explicit BlockHeap(size_t most_bytes) : most_bytes_(most_bytes) {}

    // Aligned to 16 bytes, contents undefined; null: the limit is reached, or no frames are left.
    // O(1) but for frames.
    [[nodiscard]] void* allocate(size_t size);
    void deallocate(void* block);
    [[nodiscard]] const Stats& stats() const { return stats_; }
    // Gives free chunks back.
    void trim();

  private:
    static constexpr size_t kChunkPages = 8;
    static constexpr size_t kChunkBytes = kChunkPages * 4096; // and its alignment
    // What lwIP asks for: small objects, connections, and segments with their headers.
    static constexpr uint16_t kSizes[] = {64, 128, 256, 512, 1024, 1664, 4672, 16320};
    static constexpr size_t kKinds = sizeof kSizes / sizeof kSizes[0];

    // At the start of each chunk; one of a single large block is not in a list.
    struct alignas(64) Chunk {
        ListNode<Chunk> node;
        void* free = nullptr; // the first word of each is the next
        uint32_t fresh = 0;   // blocks behind this one were never used
        uint16_t used = 0;
        uint16_t kind = 0;
        size_t pages = 0;
    };
    using Chunks = List<&Chunk::node>;

    static size_t kind_of(size_t size);
    Chunk* new_chunk(size_t pages, size_t kind);
    void free_chunk(Chunk& chunk);
    void* large(size_t size);
    static uint32_t blocks_of(size_t kind) {
        return static_cast<uint32_t>((kChunkBytes - sizeof(Chunk)) / kSizes[kind]);
    }

    size_t most_bytes_;
    Stats stats_;
    Chunks partly_[kKinds]; // with room
};

} // namespace uk::lwip
