// SPDX-License-Identifier: BSD-3-Clause
// PagedContent: the bytes of one file in memory, page by page, with holes; the page cache of files
// that have nothing behind it.
//
// Pages may come from a `base`, bytes that lie in memory anyway (an archive) and never change: they
// are read where they are, and copied page by page when somebody writes.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

#include <uk/abi/fcntl.h>
#include <uk/base/address.hpp>
#include <uk/base/atomic.hpp>
#include <uk/base/result.hpp>
#include <uk/file/io_pieces.hpp>
#include <uk/spinlock/basic.hpp>
#include <uk/string.h>
#include <uk/vfs/page_tree.hpp>

namespace uk::vfs {

// What a PagedContent stands on. Nothing of it blocks.
template <class E>
concept PageEnvironment = requires(E& e, Paddr frame, uint64_t pages, size_t size, void* block) {
    typename E::Lock; // a spinlock; guards the tree of pages; may be held around the following
    // A frame, contents undefined, counted against the file system's limit. ENOSPC, ENOMEM.
    { e.take_page() } -> std::same_as<Result<Paddr>>;
    { e.give_page(frame) } -> std::same_as<void>;
    // Whether so many could be taken before ENOSPC: large wishes fail before they begin.
    { e.has_room(pages) } -> std::same_as<bool>;
    { e.bytes(frame) } -> std::same_as<std::byte*>; // for the kernel
    { e.allocate(size) } -> std::same_as<void*>;    // memory for the tree; may be null
    { e.deallocate(block) } -> std::same_as<void>;
};

// The node's lock guards size and contents: functions say in which way it is held. fill(), share()
// and unshare() come from page faults and munmap(), perhaps of the thread that holds that lock, and
// take only E::Lock. Reading finds pages without any lock.
template <class E>
class PagedContent {
  public:
    explicit PagedContent(const E& environment) : environment_(environment) {}
    // Exclusive. Gives an empty content its bytes, which outlive it.
    void set_base(std::span<const std::byte> base) {
        UK_ASSERT(size_ == 0 && tree_.empty());
        LockGuard guard(lock_);
        base_ = base;
        size_ = base.size();
    }
    // No page is shared any more.
    ~PagedContent();
    PagedContent(const PagedContent&) = delete;
    PagedContent& operator=(const PagedContent&) = delete;

    static constexpr uint64_t kMost = PageTree<E>::kPages * kPageSize; // bytes; beyond: EFBIG

    // Shared.
    [[nodiscard]] uint64_t size() const { return size_; }
    // Bytes of pages that it has of its own. Any time.
    [[nodiscard]] uint64_t stored() const { return pages_.load_relaxed() * kPageSize; }

    // As the functions of Node with these names.
    [[nodiscard]] Result<size_t> read(IoPieces& to, uint64_t offset);    // shared
    [[nodiscard]] Result<size_t> write(IoPieces& from, uint64_t offset); // exclusive
    [[nodiscard]] Result<> resize(uint64_t size);                        // exclusive
    // Exclusive. All or nothing. Modes: 0, KEEP_SIZE, PUNCH_HOLE with KEEP_SIZE, ZERO_RANGE with or
    // without it.
    [[nodiscard]] Result<> allocate(int mode, uint64_t offset, uint64_t size);
    [[nodiscard]] Result<uint64_t> seek(uint64_t offset, bool hole); // shared

    // As those of vmem::Pager. Beyond the last page: ENXIO. A page that is shared when the file
    // shrinks stays with those who share it until they unshare it, emptied; what they write there
    // is not the file's, also if it grows again before that.
    [[nodiscard]] Result<> fill(uint64_t offset, std::span<std::byte> page);
    [[nodiscard]] Result<Paddr> share(uint64_t offset);
    void unshare(uint64_t offset, Paddr frame);

  private:
    // A page's word: number of its frame, marks, how often it is shared; or kHole: zeros, although
    // the base has such a page.
    static constexpr unsigned kFrameShift = 24;
    static constexpr uint64_t kFresh = 1 << 23;   // by the allocate() that is at work
    static constexpr uint64_t kWasHole = 1 << 22; // the same, and it was kHole before
    static constexpr uint64_t kShares = kWasHole - 1;
    static constexpr uint64_t kHole = 1;
    static constexpr uint64_t kEnd = PageTree<E>::kPages;

    static bool is_page(uint64_t word) { return word >> kFrameShift != 0; }
    static Paddr frame_of(uint64_t word) { return Paddr::of_page(word >> kFrameShift); }
    static uint64_t word_of(Paddr frame) { return frame.page_number() << kFrameShift; }
    static uint64_t pages_of(uint64_t size) { return (size + kPageSize - 1) / kPageSize; }
    std::byte* bytes(uint64_t word) { return environment_.bytes(frame_of(word)); }
    bool in_base(uint64_t page) const { return page * kPageSize < base_.size(); }
    // Where bytes of one page lie, from `start` on; `size` becomes fewer where they end.
    const std::byte* readable(uint64_t page, size_t start, size_t& size);
    Result<> write_part(IoPieces& from, uint64_t page, size_t start, size_t size);
    Result<> write_new(IoPieces& from, uint64_t page, size_t start, size_t size);

    // With the lock.
    void copy_old(uint64_t page, uint64_t word, std::byte* to);
    Result<PageWord*> own(uint64_t page, uint64_t mark = 0);
    void drop(PageWord& word);
    void zero(uint64_t page, size_t start, size_t size);

    // They take it.
    void set_size(uint64_t size);
    void shrink(uint64_t size);
    void clean_up_to(uint64_t size);
    Result<> hide_base(uint64_t from, uint64_t end);
    void drop_pages(uint64_t from, uint64_t end);
    void zero_pages(uint64_t offset, uint64_t end);
    Result<> punch(uint64_t offset, uint64_t end);
    Result<> own_part(uint64_t offset, uint64_t end);
    Result<> own_pages(uint64_t from, uint64_t end);
    void settle(uint64_t from, uint64_t end, bool keep);

    [[no_unique_address]] E environment_;
    [[no_unique_address]] typename E::Lock lock_;
    uint64_t size_ = 0; // changes under the lock, too
    std::span<const std::byte> base_{};
    PageTree<E> tree_;
    Atomic<uint64_t> pages_{0};
    Atomic<uint64_t> shares_{0}; // of all pages together; changes under the lock
};

} // namespace uk::vfs

#include <uk/vfs/paged_content_impl.hpp>
