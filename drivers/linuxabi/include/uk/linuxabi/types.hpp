// SPDX-License-Identifier: BSD-3-Clause
// Structures and constants of Linux's system calls that are the same on all 64-bit architectures.
#pragma once

#include <cstddef>
#include <cstdint>

namespace uk::linuxabi {

inline constexpr int kStdin = 0;
inline constexpr int kStdout = 1;
inline constexpr int kStderr = 2;

// Entries of the auxiliary vector.
inline constexpr uint64_t kAtNull = 0;
inline constexpr uint64_t kAtSysinfoEhdr = 33;
struct AuxEntry {
    uint64_t type;
    uint64_t value;
};
// It begins behind the null after a new process's environment.
inline const AuxEntry* aux_vector(char* const* environment) {
    while (*environment != nullptr) {
        environment++;
    }
    return reinterpret_cast<const AuxEntry*>(environment + 1);
}

// --- time ---

inline constexpr int kRealtime = 0; // clocks
inline constexpr int kMonotonic = 1;
inline constexpr int kAbsolute = 1; // flag of timer_settime
inline constexpr uint64_t kSecond = 1'000'000'000;

struct Timespec {
    int64_t seconds;
    int64_t nanoseconds;
};
struct TimerSpec {
    Timespec interval;
    Timespec first;
};

// struct sigevent: how a timer tells its end.
struct TimerEvent {
    uint64_t value;
    int signal;
    int notify;
    int thread; // with kNotifyThread
    char padding[44];
};
static_assert(sizeof(TimerEvent) == 64);
inline constexpr int kNotifyThread = 4;

constexpr Timespec to_timespec(uint64_t ns) {
    return {static_cast<int64_t>(ns / kSecond), static_cast<int64_t>(ns % kSecond)};
}
constexpr uint64_t to_ns(Timespec time) {
    return static_cast<uint64_t>(time.seconds) * kSecond + static_cast<uint64_t>(time.nanoseconds);
}

// --- files and memory ---

struct PollFd {
    int fd;
    int16_t events;
    int16_t revents;
};
inline constexpr int16_t kPollIn = 1;
inline constexpr int16_t kPollOut = 4;
inline constexpr int16_t kPollInvalid = 0x20; // not an open descriptor

inline constexpr int kEpollCloseOnExec = 0x80000;
inline constexpr int kEpollAdd = 1;
inline constexpr int kEpollRemove = 2;
inline constexpr int kEpollChange = 3;
inline constexpr uint32_t kEpollIn = 1;
inline constexpr uint32_t kEpollOut = 4;
inline constexpr uint32_t kEpollOnce = 1U << 30; // until the next kEpollChange
inline constexpr uint32_t kEpollEdge = 1U << 31;

inline constexpr long kReadWrite = 1 | 2; // mmap: protection and flags
inline constexpr long kNone = 0;
inline constexpr long kRead = 1;
inline constexpr long kWrite = 2;
inline constexpr long kExecute = 4;
inline constexpr long kShared = 0x1;
inline constexpr long kPrivate = 0x2;
inline constexpr long kAnonymous = 0x20;
inline constexpr long kNoReserve = 0x4000;
inline constexpr long kFixedNoReplace = 0x100000;

// --- threads ---

// clone(): all of the process is the new thread's, too, and its id is stored before it runs.
inline constexpr long kCloneThread = 0x100       // VM
                                     | 0x200     // FS
                                     | 0x400     // FILES
                                     | 0x800     // SIGHAND
                                     | 0x10000   // THREAD
                                     | 0x40000   // SYSVSEM
                                     | 0x100000; // PARENT_SETTID

// --- signals; those of faults are in fault.hpp ---

inline constexpr int kSigabrt = 6;
inline constexpr int kSigpipe = 13;
inline constexpr int kSigalrm = 14;

// In a set of signals.
constexpr uint64_t signal_bit(int signal) {
    return uint64_t{1} << (signal - 1);
}
inline constexpr int kBlock = 0; // rt_sigprocmask: what to do with the set
inline constexpr int kUnblock = 1;

struct SigInfo {
    int signal;
    int error;
    int code; // > 0: the CPU or the kernel caused it; else another process sent it
    int padding;
    uintptr_t address; // of a fault
};

// struct sigaction of the system call, not of the C library.
using Handler = void (*)(int signal, const SigInfo* info, void* context);
struct SigAction {
    Handler handler; // or one of the two below
    uint64_t flags;
    void (*restorer)(); // returns from the handler
    uint64_t mask;
};
inline const Handler kSigDefault = nullptr;
inline const Handler kSigIgnore = reinterpret_cast<Handler>(1);
inline constexpr uint64_t kSaSiginfo = 0x4;
inline constexpr uint64_t kSaRestorer = 0x4000000;
inline constexpr uint64_t kSaOnStack = 0x8000000;
inline constexpr uint64_t kSaRestart = 0x10000000;
inline constexpr uint64_t kSaNoDefer = 0x40000000;

struct SigStack {
    void* base;
    int flags;
    size_t size;
};

} // namespace uk::linuxabi
