// SPDX-License-Identifier: BSD-3-Clause
// Blocks of a few sizes in chunks of frames.
#include <uk/lwip/block_heap.hpp>

#include <array>
#include <new>

#include <uk/falloc/frame_allocator.hpp>

namespace uk::lwip {

// The smallest that the size fits into; kKinds: none. By a table, but for the largest.
inline size_t BlockHeap::kind_of(size_t size) {
    constexpr size_t kStep = kSizes[0];
    constexpr size_t kMost = kSizes[kKinds - 3];
    static constexpr auto kTable = [] {
        std::array<uint8_t, kMost / kStep + 1> table{};
        for (size_t i = 0; i < table.size(); i++) {
            while (i * kStep > kSizes[table[i]])
                table[i]++;
        }
        return table;
    }();
    if (size <= kMost) [[likely]]
        return kTable[(size + kStep - 1) / kStep];
    size_t kind = kKinds - 2;
    while (kind < kKinds && size > kSizes[kind])
        kind++;
    return kind;
}

void* BlockHeap::allocate(size_t size) {
    const size_t kind = kind_of(size);
    if (kind == kKinds)
        return large(size);
    if (partly_[kind].empty()) {
        Chunk* chunk = new_chunk(kChunkPages, kind);
        if (chunk == nullptr)
            return nullptr;
        partly_[kind].push_front(*chunk);
    }
    Chunk& chunk = *partly_[kind].front();
    void* block = chunk.free;
    if (block != nullptr)
        chunk.free = *static_cast<void**>(block);
    else
        block = reinterpret_cast<std::byte*>(&chunk + 1) + size_t{kSizes[kind]} * chunk.fresh++;
    chunk.used++;
    stats_.used_bytes += kSizes[kind];
    if (chunk.free == nullptr && chunk.fresh == blocks_of(kind))
        partly_[kind].erase(chunk);
    return block;
}

void BlockHeap::deallocate(void* block) {
    if (block == nullptr)
        return;
    auto& chunk =
        *reinterpret_cast<Chunk*>(reinterpret_cast<uintptr_t>(block) & ~(kChunkBytes - 1));
    if (chunk.kind == kKinds) {
        stats_.used_bytes -= chunk.pages * 4096;
        free_chunk(chunk);
        return;
    }
    UK_ASSERT(chunk.used != 0);
    Chunks& partly = partly_[chunk.kind];
    *static_cast<void**>(block) = chunk.free;
    chunk.free = block;
    chunk.used--;
    stats_.used_bytes -= kSizes[chunk.kind];
    if (!chunk.node.is_linked())
        partly.push_front(chunk);
    else if (chunk.used == 0 && (partly.front() != &chunk || partly.back() != &chunk)) {
        partly.erase(chunk); // another one has room
        free_chunk(chunk);
    }
}

void BlockHeap::trim() {
    for (Chunks& partly : partly_) {
        Chunk* chunk = partly.front();
        if (chunk != nullptr && chunk->used == 0) {
            partly.erase(*chunk);
            free_chunk(*chunk);
        }
    }
}

void* BlockHeap::large(size_t size) {
    if (size > most_bytes_)
        return nullptr;
    Chunk* chunk = new_chunk((size + sizeof(Chunk) + 4095) / 4096, kKinds);
    if (chunk == nullptr)
        return nullptr;
    stats_.used_bytes += chunk->pages * 4096;
    return chunk + 1;
}

BlockHeap::Chunk* BlockHeap::new_chunk(size_t pages, size_t kind) {
    if (stats_.held_bytes + pages * 4096 > most_bytes_) {
        stats_.refused++;
        return nullptr;
    }
    Result<void*> run =
        falloc::allocate_run(FrameRequest{.pages = pages, .align_pages = kChunkPages});
    if (!run.ok()) {
        stats_.refused++;
        return nullptr;
    }
    stats_.held_bytes += pages * 4096;
    auto* chunk = ::new (run.value()) Chunk;
    chunk->kind = static_cast<uint16_t>(kind);
    chunk->pages = pages;
    return chunk;
}

void BlockHeap::free_chunk(Chunk& chunk) {
    stats_.held_bytes -= chunk.pages * 4096;
    falloc::free_run(&chunk, chunk.pages);
}

} // namespace uk::lwip
