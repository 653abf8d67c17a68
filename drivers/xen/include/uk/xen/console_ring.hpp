// SPDX-License-Identifier: BSD-3-Clause
// The console of a domain: a page shared with the program that keeps the log (public/io/console.h).
#pragma once

#include <uk/xen/ring.hpp>

namespace uk::xen {

struct ConsolePage {
    char in[1024];
    char out[2048];
    uint32_t in_consumed;
    uint32_t in_produced;
    uint32_t out_consumed;
    uint32_t out_produced;
};
static_assert(offsetof(ConsolePage, out_produced) == 3084);

// Port: void notify() tells the other side to look; bool wait(unsigned round) passes some time, and
// is false when it is useless to go on waiting; round 0 is the first of a new wait.
//
// A reader that takes nothing away is waited for once; from then on what does not fit is lost,
// until it takes something again. Not synchronised; write_all() may be called from anywhere, as a
// nested call by an exception handler too: what it interrupts may come out in another order,
// nothing more.
template <class Port>
class ConsoleRing {
  public:
    ConsoleRing(volatile ConsolePage& page, Port port)
        : in_(page.in, &page.in_consumed, &page.in_produced),
          out_(page.out, &page.out_consumed, &page.out_produced), port_(port) {}

    // Errors: EPROTO (the page's counters are nonsense; nobody can read there), EIO (the reader is
    // away, and some of `data` is lost).
    Result<> write_all(const char* data, size_t size) {
        size_t done = 0;
        for (unsigned round = 0;;) {
            size_t count = UK_TRY(out_.write(data + done, size - done));
            if (count != 0) {
                asleep_ = false;
                round = 0;
                port_.notify();
            }
            done += count;
            if (done == size) {
                return {};
            }
            if (count == 0 && (asleep_ || !port_.wait(round++))) {
                asleep_ = true;
                return Errno::io;
            }
        }
    }

    // What is there, without waiting. Errors: EPROTO.
    [[nodiscard]] Result<size_t> read_some(char* data, size_t size) {
        size_t count = UK_TRY(in_.read(data, size));
        if (count != 0) {
            port_.notify();
        }
        return count;
    }

    // Whether read_some() would answer anything but 0. From anywhere.
    [[nodiscard]] bool readable() const { return in_.readable(); }

    // Waits until the reader has taken all, as the domain's end may throw it away. False if it did
    // not.
    bool flush() {
        for (unsigned round = 0; !out_.drained(); round++) {
            if (asleep_ || !port_.wait(round)) {
                return false;
            }
        }
        return true;
    }

  private:
    ByteRing<1024> in_;
    ByteRing<2048> out_;
    Port port_;
    bool asleep_ = false;
};

} // namespace uk::xen
