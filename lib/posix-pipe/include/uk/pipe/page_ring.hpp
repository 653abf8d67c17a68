// SPDX-License-Identifier: BSD-3-Clause
// PageRing: bytes in the order in which they came, in pages that are taken when they are needed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include <uk/assert.h>
#include <uk/base/minmax.hpp>
#include <uk/base/result.hpp>
#include <uk/string.h>

namespace uk::pipe {

// Not synchronised. E: allocate() and deallocate(). A page goes when its last byte is read, but for
// one that is kept; an empty ring has one at most. Capacities are whole pages, 16 without memory of
// their own.
template <class E>
class PageRing {
  public:
    static constexpr size_t kPage = 4096;
    static constexpr size_t kFew = 16;

    constexpr PageRing() = default;
    PageRing(const PageRing&) = delete;
    PageRing& operator=(const PageRing&) = delete;
    ~PageRing() { drop(); }

    [[nodiscard]] size_t used() const { return static_cast<size_t>(head_ - tail_); }
    [[nodiscard]] size_t capacity() const { return count_ * kPage; }
    [[nodiscard]] size_t room() const { return capacity() - used(); }

    // Appends up to `most` bytes, as many as there is room for; copy(to, size) moves each part, a
    // Result<>. Stops at the first failure; parts that have been appended stay, or, if all shall be
    // kept `together`, go. Errors: copy's, ENOMEM; none if a part was appended and stays.
    template <class Copy>
    [[nodiscard]] Result<size_t> put(size_t most, bool together, Copy copy) {
        const uint64_t start = head_;
        const size_t wanted = min(most, room());
        for (size_t done = 0; done < wanted;) {
            char*& page = pages_[head_ / kPage % count_];
            if (page == nullptr)
                page = take_page();
            const size_t at = head_ % kPage, part = min(wanted - done, kPage - at);
            const Result<> moved = page != nullptr ? copy(page + at, part) : Errno::nomem;
            if (!moved.ok()) {
                if (done != 0 && !together)
                    return done;
                head_ = start; // a page without a byte stays for the next ones
                return moved.error();
            }
            head_ += part;
            done += part;
        }
        return wanted;
    }

    // Takes up to `most` bytes out, by copy(from, size). Errors: copy's; none once a part was
    // taken.
    template <class Copy>
    [[nodiscard]] Result<size_t> take(size_t most, Copy copy) {
        const size_t wanted = min(most, used());
        for (size_t done = 0; done < wanted;) {
            const size_t at = tail_ % kPage, part = min(wanted - done, kPage - at);
            if (const Result<> moved = copy(pages_[tail_ / kPage % count_] + at, part); !moved.ok())
                return done != 0 ? Result<size_t>(done) : moved.error();
            advance(part);
            done += part;
        }
        return wanted;
    }

    // Errors: EBUSY (it holds more), ENOMEM; nothing has changed then.
    [[nodiscard]] Result<> resize(size_t pages) {
        if (pages * kPage < used())
            return Errno::busy;
        PageRing other;
        if (pages > kFew) {
            void* memory = E::allocate(pages * sizeof(char*));
            if (memory == nullptr)
                return Errno::nomem;
            other.pages_ = static_cast<char**>(memory);
            memset(memory, 0, pages * sizeof(char*));
        }
        other.count_ = pages;
        for (uint64_t at = tail_; at != head_;) {
            const size_t part = min(static_cast<size_t>(head_ - at), kPage - at % kPage);
            const char* from = pages_[at / kPage % count_] + at % kPage;
            for (size_t done = 0; done < part;) {
                done += UK_TRY(other.put(part - done, true, [&](char* to, size_t size) -> Result<> {
                    memcpy(to, from, size);
                    from += size;
                    return ok();
                }));
            }
            at += part;
        }
        swap(other);
        return ok();
    }

  private:
    char* take_page() {
        if (spare_ != nullptr)
            return std::exchange(spare_, nullptr);
        return static_cast<char*>(E::allocate(kPage));
    }
    void give_page(char* page) {
        if (spare_ == nullptr)
            spare_ = page;
        else
            E::deallocate(page);
    }

    // An empty ring begins anew with the page that it has, unless a failed put() has left it one
    // there.
    void advance(size_t part) {
        char*& page = pages_[tail_ / kPage % count_];
        const uint64_t start = tail_ - tail_ % kPage;
        tail_ += part;
        if (tail_ == head_) {
            char* const last = std::exchange(page, nullptr);
            if (pages_[0] == nullptr)
                pages_[0] = last;
            else
                give_page(last);
            head_ = tail_ = 0;
        } else if (tail_ % kPage == 0 && head_ <= start + capacity()) {
            give_page(std::exchange(page, nullptr));
        }
    }

    void drop() {
        for (size_t i = 0; i < count_; i++) {
            if (pages_[i] != nullptr)
                E::deallocate(pages_[i]);
        }
        if (spare_ != nullptr)
            E::deallocate(spare_);
        if (pages_ != few_)
            E::deallocate(pages_);
    }
    void swap(PageRing& other) {
        for (size_t i = 0; i < kFew; i++)
            std::swap(few_[i], other.few_[i]);
        char** const mine = pages_ == few_ ? other.few_ : pages_;
        pages_ = other.pages_ == other.few_ ? few_ : other.pages_;
        other.pages_ = mine;
        std::swap(count_, other.count_);
        std::swap(spare_, other.spare_);
        std::swap(head_, other.head_);
        std::swap(tail_, other.tail_);
    }

    char* few_[kFew] = {};
    char** pages_ = few_;
    size_t count_ = kFew;
    char* spare_ = nullptr;
    uint64_t head_ = 0; // counted on; the page is modulo count_
    uint64_t tail_ = 0;
};

} // namespace uk::pipe
