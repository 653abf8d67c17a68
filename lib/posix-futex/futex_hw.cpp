// SPDX-License-Identifier: BSD-3-Clause
// The system call futex, over the scheduler of this image.
#include <uk/futex.hpp>

#include <uk/abi/futex.h>
#include <uk/abi/time.h>
#include <uk/futex/table.hpp>
#include <uk/hal/clock.hpp>
#include <uk/posix/time.hpp>
#include <uk/sched.hpp>
#include <uk/syscall.h>
#include <uk/syscall/edge.hpp>
#include <uk/user.hpp>

namespace uk::futex {

namespace {

struct ImageFace : sched::Face {
    static bool interrupted() { return uk::interrupted(); }
    static Result<> bring_in(Vaddr word, hal::Access how) {
        return user::access(word, sizeof(uint32_t), how);
    }
    static Result<uint32_t> load(Vaddr word) { return user::load_word(word); }
    static Result<uint32_t> replace(Vaddr word, uint32_t expected, uint32_t wanted) {
        return user::replace_word(word, expected, wanted);
    }
};

// A bucket finds its waiters in O(log n): several are there only to keep CPUs out of each other's
// way.
constexpr size_t bucket_count() {
    size_t count = 1;
    while (hal::kMostCpus > 1 && count < 8 * hal::kMostCpus)
        count *= 2;
    return count;
}

constinit FutexTable<ImageFace, bucket_count()> g_table;

// The deadline of a wait. FUTEX_WAIT counts from now, FUTEX_WAIT_BITSET names a time of its clock.
Result<uint64_t> deadline_of(const uk_timespec* timeout, bool is_absolute, bool is_wall) {
    if (timeout == nullptr)
        return kNever;
    const auto time = UK_TRY(user::read<uk_timespec>(Vaddr::of(timeout)));
    const uint64_t ns = UK_TRY(posix::to_ns(time));
    if (!is_absolute)
        return posix::add_ns(hal::clock_monotonic_ns(), ns);
    return posix::deadline_at(is_wall ? UK_CLOCK_REALTIME : UK_CLOCK_MONOTONIC, ns);
}

struct Call {
    Vaddr word;
    int operation;
    uint32_t value;
    const uk_timespec* timeout; // or a number
    Vaddr word2;
    uint32_t value3;

    [[nodiscard]] int command() const { return operation & UK_FUTEX_CMD_MASK; }
    [[nodiscard]] bool waits() const {
        return command() == UK_FUTEX_WAIT || command() == UK_FUTEX_WAIT_BITSET;
    }
    [[nodiscard]] size_t value2() const {
        return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(timeout));
    }
};

Result<> wait(const Call& call) {
    const bool has_bits = call.command() == UK_FUTEX_WAIT_BITSET;
    const bool is_wall = (call.operation & UK_FUTEX_CLOCK_REALTIME) != 0;
    const uint64_t deadline = UK_TRY(deadline_of(call.timeout, has_bits, is_wall));
    return g_table.wait(call.word, call.value, has_bits ? call.value3 : kAnyBit, deadline);
}

Result<size_t> requeue(const Call& call, const uint32_t* expected) {
    if (static_cast<int32_t>(call.value) < 0 || static_cast<int32_t>(call.value2()) < 0)
        return Errno::inval;
    return g_table.requeue(call.word, call.word2, call.value, call.value2(), expected);
}

Result<size_t> wake_or_move(const Call& call) {
    if ((call.operation & UK_FUTEX_CLOCK_REALTIME) != 0)
        return Errno::nosys;
    switch (call.command()) {
    case UK_FUTEX_WAKE:
        return g_table.wake(call.word, call.value);
    case UK_FUTEX_WAKE_BITSET:
        return g_table.wake(call.word, call.value, call.value3);
    case UK_FUTEX_REQUEUE:
        return requeue(call, nullptr);
    case UK_FUTEX_CMP_REQUEUE:
        return requeue(call, &call.value3);
    case UK_FUTEX_WAKE_OP:
        return g_table.wake_op(call.word, call.value, call.word2, call.value2(),
                               UK_TRY(word_change(call.value3)));
    default:
        return Errno::nosys;
    }
}

} // namespace

size_t wake(Vaddr word, size_t most) {
    return g_table.wake(word, most).value_or(0);
}

} // namespace uk::futex

// A wait that a signal ends is made again after handlers with SA_RESTART, but not one with a
// timeout, as on Linux: a relative one would begin again.
extern "C" long uk_sys_futex(uint32_t* word, int operation, uint32_t value,
                             const uk_timespec* timeout, uint32_t* word2, uint32_t value3) {
    using namespace uk;
    const futex::Call call{Vaddr::of(word), operation, value, timeout, Vaddr::of(word2), value3};
    if (!call.waits())
        return syscall([&] { return futex::wake_or_move(call); });
    if (timeout != nullptr)
        return syscall([&] { return futex::wait(call); });
    return syscall<OnSignal::restart>([&] { return futex::wait(call); });
}
