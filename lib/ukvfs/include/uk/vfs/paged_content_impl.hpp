// SPDX-License-Identifier: BSD-3-Clause
// PagedContent: how. Included by paged_content.hpp only.
//
// Unless a page is shared, the bytes of the last one behind the end of the file are zeros, and so
// are pages that allocate() put behind the end: a file that grows has nothing to clean.
#pragma once

#include <uk/vfs/paged_content.hpp>

namespace uk::vfs {

namespace detail {

inline constexpr std::byte kZeros[512]{};

} // namespace detail

template <class E>
PagedContent<E>::~PagedContent() {
    UK_ASSERT(shares_.load_relaxed() == 0);
    base_ = {};
    drop_pages(0, kEnd);
}

// --- Reading -------------------------------------------------------------------------------------

template <class E>
const std::byte* PagedContent<E>::readable(uint64_t page, size_t start, size_t& size) {
    const uint64_t word = tree_.find(page);
    if (is_page(word)) [[likely]]
        return bytes(word) + start;
    const uint64_t at = page * kPageSize + start;
    if (word == 0 && at < base_.size()) {
        size = size < base_.size() - at ? size : static_cast<size_t>(base_.size() - at);
        return base_.data() + at;
    }
    size = size < sizeof(detail::kZeros) ? size : sizeof(detail::kZeros);
    return detail::kZeros;
}

template <class E>
Result<size_t> PagedContent<E>::read(IoPieces& to, uint64_t offset) {
    if (offset >= size_)
        return size_t{0};
    const uint64_t there = size_ - offset;
    const size_t wanted = to.left() < there ? to.left() : static_cast<size_t>(there);
    if (size_ == base_.size() && tree_.empty()) { // nobody has ever written
        UK_TRY(to.put(base_.data() + offset, wanted));
        return wanted;
    }
    size_t done = 0;
    while (done != wanted) {
        const size_t start = (offset + done) % kPageSize;
        size_t part = wanted - done < kPageSize - start ? wanted - done : kPageSize - start;
        const std::byte* from = readable((offset + done) / kPageSize, start, part);
        if (Result<> put = to.put(from, part); !put.ok()) [[unlikely]] {
            if (done == 0)
                return put.error();
            break;
        }
        done += part;
    }
    return done;
}

// Of a page without a frame.
template <class E>
void PagedContent<E>::copy_old(uint64_t page, uint64_t word, std::byte* to) {
    size_t size = 0;
    if (word == 0 && in_base(page)) {
        const uint64_t at = page * kPageSize;
        size = base_.size() - at < kPageSize ? static_cast<size_t>(base_.size() - at) : kPageSize;
        memcpy(to, base_.data() + at, size);
    }
    memset(to + size, 0, kPageSize - size);
}

template <class E>
Result<uint64_t> PagedContent<E>::seek(uint64_t offset, bool hole) {
    if (offset >= size_)
        return Errno::nxio;
    const uint64_t end = pages_of(size_);
    for (uint64_t page = offset / kPageSize; page < end; page++) {
        uint64_t word = tree_.find(page);
        if (!hole && !in_base(page)) {
            LockGuard guard(lock_);
            const auto found = tree_.next(page, end);
            if (!found)
                break;
            page = found->page;
            word = found->word->load_relaxed();
        }
        const bool is_data = is_page(word) || (word == 0 && in_base(page));
        if (is_data != hole)
            return page * kPageSize > offset ? page * kPageSize : offset;
    }
    return hole ? Result<uint64_t>(size_) : Errno::nxio;
}

// --- Writing -------------------------------------------------------------------------------------

// Takes a page's word and gives it a frame with the bytes that it had, unless it has one.
template <class E>
Result<PageWord*> PagedContent<E>::own(uint64_t page, uint64_t mark) {
    PageWord* word = UK_TRY(tree_.make(environment_, page));
    const uint64_t old = word->load_relaxed();
    if (is_page(old))
        return word;
    const uint64_t frame = word_of(UK_TRY(environment_.take_page()));
    copy_old(page, old, bytes(frame));
    if (mark != 0 && old == kHole)
        mark |= kWasHole;
    word->store_release(frame | mark);
    pages_.fetch_add_relaxed(1);
    return word;
}

template <class E>
void PagedContent<E>::drop(PageWord& word) {
    const uint64_t old = word.load_relaxed();
    word.store_relaxed(0);
    if (is_page(old)) {
        environment_.give_page(frame_of(old));
        pages_.fetch_add_relaxed(~uint64_t{0});
    }
}

template <class E>
Result<> PagedContent<E>::write_new(IoPieces& from, uint64_t page, size_t start, size_t size) {
    PageWord* word = nullptr;
    uint64_t mine = 0;
    {
        LockGuard guard(lock_);
        word = UK_TRY(tree_.make(environment_, page));
        mine = word_of(UK_TRY(environment_.take_page()));
        if (size != kPageSize)
            copy_old(page, word->load_relaxed(), bytes(mine));
    }
    // Without the lock: the memory may be a page of this very file, which is not there yet.
    Result<> taken = from.take(bytes(mine) + start, size);
    LockGuard guard(lock_);
    const uint64_t old = word->load_relaxed();
    if (taken.ok() && !is_page(old)) [[likely]] {
        word->store_release(mine);
        pages_.fetch_add_relaxed(1);
        return taken;
    }
    if (taken.ok())
        memcpy(bytes(old) + start, bytes(mine) + start, size);
    environment_.give_page(frame_of(mine));
    return taken;
}

template <class E>
Result<> PagedContent<E>::write_part(IoPieces& from, uint64_t page, size_t start, size_t size) {
    const uint64_t word = tree_.find(page);
    if (!is_page(word))
        return write_new(from, page, start, size);
    Result<> taken = from.take(bytes(word) + start, size);
    const uint64_t at = page * kPageSize + start;
    if (!taken.ok() && at + size > size_) [[unlikely]] { // no bytes behind the end
        const size_t kept = at < size_ ? static_cast<size_t>(size_ - at) : 0;
        memset(bytes(word) + start + kept, 0, size - kept);
    }
    return taken;
}

template <class E>
Result<size_t> PagedContent<E>::write(IoPieces& from, uint64_t offset) {
    size_t wanted = from.left();
    if (wanted == 0)
        return size_t{0};
    if (offset >= kMost)
        return Errno::fbig;
    wanted = wanted < kMost - offset ? wanted : static_cast<size_t>(kMost - offset);
    if (shares_.load_relaxed() != 0)
        clean_up_to(offset + wanted);
    size_t done = 0;
    while (done != wanted) {
        const size_t start = (offset + done) % kPageSize;
        const size_t part = wanted - done < kPageSize - start ? wanted - done : kPageSize - start;
        Result<> taken = write_part(from, (offset + done) / kPageSize, start, part);
        if (!taken.ok()) [[unlikely]] {
            if (done == 0)
                return taken.error();
            break;
        }
        done += part;
    }
    if (offset + done > size_)
        set_size(offset + done);
    return done;
}

// --- Size ----------------------------------------------------------------------------------------

template <class E>
void PagedContent<E>::set_size(uint64_t size) {
    LockGuard guard(lock_);
    size_ = size;
}

template <class E>
void PagedContent<E>::zero(uint64_t page, size_t start, size_t size) {
    if (const uint64_t word = tree_.find(page); is_page(word))
        memset(bytes(word) + start, 0, size);
}

// Whoever shares a page may have written behind the end of the file.
template <class E>
void PagedContent<E>::clean_up_to(uint64_t size) {
    if (size > size_)
        zero_pages(size_, size);
}

// What there is of pages of its own from `offset` to `end`.
template <class E>
void PagedContent<E>::zero_pages(uint64_t offset, uint64_t end) {
    while (offset < end) {
        LockGuard guard(lock_);
        const auto found = tree_.next(offset / kPageSize, pages_of(end));
        if (!found)
            return;
        const uint64_t first = found->page * kPageSize;
        const size_t start = first < offset ? static_cast<size_t>(offset - first) : 0;
        const size_t stop = end - first < kPageSize ? static_cast<size_t>(end - first) : kPageSize;
        zero(found->page, start, stop - start);
        offset = first + kPageSize;
    }
}

template <class E>
void PagedContent<E>::shrink(uint64_t size) {
    {
        LockGuard guard(lock_); // from here on nobody shares what is to go
        size_ = size;
        base_ = base_.first(base_.size() < size ? base_.size() : static_cast<size_t>(size));
        if (const size_t start = size % kPageSize; start != 0)
            zero(size / kPageSize, start, kPageSize - start);
    }
    drop_pages(pages_of(size), kEnd);
}

template <class E>
Result<> PagedContent<E>::resize(uint64_t size) {
    if (size > kMost)
        return Errno::fbig;
    if (size < size_) {
        shrink(size);
        return ok();
    }
    if (shares_.load_relaxed() != 0)
        clean_up_to(size);
    set_size(size);
    return ok();
}

// Pages that are shared stay, and become zeros. A table's worth at a time, for the lock's sake.
template <class E>
void PagedContent<E>::drop_pages(uint64_t from, uint64_t end) {
    for (;;) {
        LockGuard guard(lock_);
        auto found = tree_.next(from, end);
        if (!found) {
            if (pages_.load_relaxed() == 0) // tables without any word may be left
                tree_.prune(environment_, 0, kEnd);
            break;
        }
        const uint64_t first = found->page;
        const uint64_t behind = ((first >> PageTree<E>::kBits) + 1) << PageTree<E>::kBits;
        from = behind < end ? behind : end;
        for (; found; found = tree_.next(found->page + 1, from)) {
            const uint64_t word = found->word->load_relaxed();
            if (is_page(word) && (word & kShares) != 0)
                memset(bytes(word), 0, kPageSize);
            else
                drop(*found->word);
            if (in_base(found->page) && found->word->load_relaxed() == 0)
                found->word->store_relaxed(kHole);
        }
        tree_.prune(environment_, first, from);
    }
}

// --- allocate() ----------------------------------------------------------------------------------

// The pages at the ends of [offset, end) that only in part belong to it, where the base has them.
template <class E>
Result<> PagedContent<E>::own_part(uint64_t offset, uint64_t end) {
    for (const uint64_t at : {offset, end}) {
        const uint64_t page = at / kPageSize;
        if (at % kPageSize == 0 || !in_base(page))
            continue;
        LockGuard guard(lock_);
        if (tree_.find(page) == 0)
            UK_TRY(own(page));
    }
    return ok();
}

// The base's bytes in these whole pages are the file's no more. All or nothing.
template <class E>
Result<> PagedContent<E>::hide_base(uint64_t from, uint64_t end) {
    if (const uint64_t last = pages_of(base_.size()); end >= last) {
        LockGuard guard(lock_);
        if (from < last)
            base_ = base_.first(from * kPageSize);
        return ok();
    }
    for (const bool for_good : {false, true}) {
        for (uint64_t page = from; page < end; page++) {
            LockGuard guard(lock_);
            PageWord* word = UK_TRY(tree_.make(environment_, page));
            if (for_good && word->load_relaxed() == 0)
                word->store_release(kHole);
        }
    }
    return ok();
}

template <class E>
Result<> PagedContent<E>::punch(uint64_t offset, uint64_t end) {
    UK_TRY(own_part(offset, end));
    const uint64_t from = pages_of(offset);
    const uint64_t behind = end / kPageSize;
    if (from < behind) {
        UK_TRY(hide_base(from, behind));
        drop_pages(from, behind);
    }
    zero_pages(offset, end);
    return ok();
}

template <class E>
Result<> PagedContent<E>::own_pages(uint64_t from, uint64_t end) {
    const uint64_t have = pages_.load_relaxed();
    if (end - from > have && !environment_.has_room(end - from - have))
        return Errno::nospc;
    for (uint64_t page = from; page < end; page++) {
        LockGuard guard(lock_);
        Result<PageWord*> word = own(page, kFresh);
        if (!word.ok())
            return word.error();
    }
    return ok();
}

// What own_pages() has made is kept, or is as if it had not been.
template <class E>
void PagedContent<E>::settle(uint64_t from, uint64_t end, bool keep) {
    for (;;) {
        LockGuard guard(lock_);
        const auto found = tree_.next(from, end);
        if (!found)
            break;
        from = found->page + 1;
        const uint64_t word = found->word->load_relaxed();
        if ((word & kFresh) == 0 || !is_page(word))
            continue;
        if (keep || (word & kShares) != 0) {
            found->word->store_release(word & ~(kFresh | kWasHole));
        } else {
            drop(*found->word);
            found->word->store_release((word & kWasHole) != 0 ? kHole : 0);
        }
    }
    LockGuard guard(lock_);
    if (!keep)
        tree_.prune(environment_, 0, kEnd);
}

template <class E>
Result<> PagedContent<E>::allocate(int mode, uint64_t offset, uint64_t size) {
    constexpr int kPunch = UK_FALLOC_FL_PUNCH_HOLE | UK_FALLOC_FL_KEEP_SIZE;
    const int kind = mode & ~UK_FALLOC_FL_KEEP_SIZE;
    if (mode != kPunch && kind != 0 && kind != UK_FALLOC_FL_ZERO_RANGE)
        return Errno::opnotsupp;
    if (offset > kMost || size > kMost - offset)
        return Errno::fbig;
    const uint64_t end = offset + size;
    if (mode == kPunch)
        return punch(offset, end);
    const uint64_t from = offset / kPageSize;
    Result<> owned = own_pages(from, pages_of(end));
    settle(from, pages_of(end), owned.ok());
    UK_TRY(owned);
    if (shares_.load_relaxed() != 0)
        clean_up_to(end);
    if (kind == UK_FALLOC_FL_ZERO_RANGE)
        zero_pages(offset, end);
    if ((mode & UK_FALLOC_FL_KEEP_SIZE) == 0 && end > size_)
        set_size(end);
    return ok();
}

// --- In memory -----------------------------------------------------------------------------------

template <class E>
Result<> PagedContent<E>::fill(uint64_t offset, std::span<std::byte> page) {
    UK_ASSERT(offset % kPageSize == 0 && page.size() == kPageSize);
    LockGuard guard(lock_);
    if (offset >= size_)
        return Errno::nxio;
    const uint64_t word = tree_.find(offset / kPageSize);
    if (is_page(word))
        memcpy(page.data(), bytes(word), kPageSize);
    else
        copy_old(offset / kPageSize, word, page.data());
    return ok();
}

template <class E>
Result<Paddr> PagedContent<E>::share(uint64_t offset) {
    UK_ASSERT(offset % kPageSize == 0);
    LockGuard guard(lock_);
    if (offset >= size_)
        return Errno::nxio;
    PageWord* slot = UK_TRY(own(offset / kPageSize));
    const uint64_t word = slot->load_relaxed();
    if ((word & kShares) == kShares)
        return Errno::nomem;
    slot->store_release(word + 1);
    shares_.fetch_add_relaxed(1);
    return frame_of(word);
}

template <class E>
void PagedContent<E>::unshare(uint64_t offset, Paddr frame) {
    LockGuard guard(lock_);
    const uint64_t page = offset / kPageSize;
    const auto found = tree_.next(page, page + 1);
    UK_ASSERT(found && "a page that is not shared");
    const uint64_t word = found->word->load_relaxed() - 1;
    UK_ASSERT(frame_of(word) == frame && (word & kShares) != kShares);
    found->word->store_release(word);
    shares_.fetch_sub_acq_rel(1);
    if ((word & kShares) != 0)
        return;
    if (offset >= size_)
        drop(*found->word);
    else if (size_ - offset < kPageSize)
        zero(page, size_ - offset, kPageSize - static_cast<size_t>(size_ - offset));
}

} // namespace uk::vfs
