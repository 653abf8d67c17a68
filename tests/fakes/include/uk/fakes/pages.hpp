// SPDX-License-Identifier: BSD-3-Clause
// A page source for heap tests on the host: hands out real pages, fails the k-th request on demand,
// and notices whoever gives back what was not taken.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include <uk/alloc/concepts.hpp>
#include <uk/assert.h>
#include <uk/base/address.hpp>
#include <uk/base/result.hpp>

namespace uk::fakes {

// The state. Outlives the heap that uses it. Pages are filled with 0xA5 when handed out and when
// taken back, so code that relies on zeroes or reads what it gave back fails.
class PageStore {
  public:
    enum class Order { adjacent, scattered };

    explicit PageStore(size_t pages, Order order = Order::adjacent)
        : pages_(pages), order_(order), taken_(pages, 0),
          memory_(static_cast<char*>(std::aligned_alloc(kPageSize, pages * kPageSize)),
                  &std::free) {}

    Result<void*> allocate(size_t pages) {
        requests_++;
        if (fail_at_ != 0 && requests_ == fail_at_)
            return Errno::nomem;
        if (pages == 0 || pages > pages_ - live_)
            return Errno::nomem;
        // Scattered: every second run comes from the far end, with a gap of a page.
        const bool far = order_ == Order::scattered && requests_ % 2 == 0;
        const size_t gap = order_ == Order::scattered ? 1 : 0;
        size_t next = 0;
        for (size_t i = gap; i + pages + gap <= pages_; i = next) {
            const size_t first = far ? pages_ - pages - i : i;
            // Runs with the same page in them need no look.
            const char* window = taken_.data() + first - gap;
            const void* found =
                far ? memchr(window, 1, pages + 2 * gap) : memrchr(window, 1, pages + 2 * gap);
            if (found == nullptr) {
                mark(first, pages, true);
                return memory_.get() + first * kPageSize;
            }
            const auto page = static_cast<size_t>(static_cast<const char*>(found) - taken_.data());
            next = far ? pages_ - page + gap : page + 1 + gap;
        }
        return Errno::nomem;
    }

    void free(void* run, size_t pages) {
        const auto offset = static_cast<size_t>(static_cast<char*>(run) - memory_.get());
        UK_VERIFY(static_cast<char*>(run) >= memory_.get() && offset % kPageSize == 0);
        const size_t first = offset / kPageSize;
        UK_VERIFY(pages != 0 && first + pages <= pages_);
        UK_VERIFY(memchr(taken_.data() + first, 0, pages) == nullptr);
        mark(first, pages, false);
    }

    // Fails the k-th request from now on (counted from 1), once; 0 = none.
    void fail_at(size_t k) {
        requests_ = 0;
        fail_at_ = k;
    }
    bool failed() const { return fail_at_ != 0 && requests_ >= fail_at_; }
    size_t requests() const { return requests_; }
    size_t live_pages() const { return live_; }
    const char* base() const { return memory_.get(); }

  private:
    void mark(size_t first, size_t pages, bool taken) {
        std::memset(taken_.data() + first, taken, pages);
        live_ = taken ? live_ + pages : live_ - pages;
        std::memset(memory_.get() + first * kPageSize, 0xA5, pages * kPageSize);
    }

    size_t pages_;
    Order order_;
    std::vector<char> taken_; // 1 if a page is
    std::unique_ptr<char, void (*)(void*)> memory_;
    size_t live_ = 0;
    size_t requests_ = 0;
    size_t fail_at_ = 0;
};

// The policy object that a heap class takes.
struct FakePages {
    PageStore* store;

    Result<void*> allocate_pages(size_t pages) { return store->allocate(pages); }
    void free_pages(void* run, size_t pages) { store->free(run, pages); }
};

static_assert(PageSource<FakePages>);

} // namespace uk::fakes
