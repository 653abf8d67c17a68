// SPDX-License-Identifier: BSD-3-Clause
// getrandom(): bytes that nobody can predict, or none.
#include <uk/syscall.h>

#include <uk/abi/random.h>
#include <uk/base/minmax.hpp>
#include <uk/hal/clock.hpp>
#include <uk/posix/time.hpp>
#include <uk/random.hpp>
#include <uk/syscall/edge.hpp>
#include <uk/user.hpp>

namespace uk::posix {
namespace {

constexpr uint64_t kPauseNs = 10'000'000;       // between two questions of the sources
constexpr size_t kMost = (size_t{1} << 25) - 1; // of one call: random(4)

Result<random::Key> take_key(unsigned flags) {
    if ((flags & UK_GRND_INSECURE) != 0)
        return random::take_insecure_key();
    for (;;) {
        const Result<random::Key> key = random::take_key();
        if (key.ok() || (flags & UK_GRND_NONBLOCK) != 0)
            return key;
        UK_TRY(sleep_until(hal::clock_monotonic_ns() + kPauseNs));
    }
}

Result<size_t> get_random(void* data, size_t size, unsigned flags) {
    constexpr unsigned kKnown = UK_GRND_NONBLOCK | UK_GRND_RANDOM | UK_GRND_INSECURE;
    constexpr unsigned kOneOfTwo = UK_GRND_RANDOM | UK_GRND_INSECURE;
    if ((flags & ~kKnown) != 0 || (flags & kOneOfTwo) == kOneOfTwo)
        return Errno::inval;
    random::Stream stream(UK_TRY(take_key(flags)));
    std::byte piece[256];
    size = min(size, kMost);
    size_t done = 0;
    while (done < size) {
        const size_t next = min(size - done, sizeof piece);
        stream.fill(std::span(piece).first(next));
        const Result<> copied = user::copy_out(Vaddr::of(data) + done, piece, next);
        random::wipe(piece, next);
        if (!copied.ok() || interrupted()) {
            done += copied.ok() ? next : 0;
            return done != 0 ? Result<size_t>(done) : Result<size_t>(copied.error());
        }
        done += next;
    }
    return done;
}

} // namespace
} // namespace uk::posix

extern "C" long uk_sys_getrandom(void* data, size_t size, unsigned flags) {
    return uk::syscall<uk::OnSignal::restart>(
        [&] { return uk::posix::get_random(data, size, flags); });
}
