// SPDX-License-Identifier: BSD-3-Clause
// The init table: what a library does at boot, and the engine that runs it.
//
//     static uk::Result<> automount() { ... }
//     static void unmount() { ... }
//     UK_INIT(rootfs, "vfs automount", automount, .term = unmount,
//             .hint = "check vfs.fstab=, or leave it out");
//
// Levels run in the order of InitLevel; inside a level the order is unspecified (a test permutes
// it). The first failure stops the boot and is reported as
//     init 'vfs automount' failed: ENOENT (check vfs.fstab=, or leave it out)
// Term functions run at shutdown, in reverse, for exactly those entries whose init succeeded; a
// panic runs none.
#pragma once

#include <uk/base/result.hpp>
#include <uk/base/section_table.hpp>

#include <span>
#include <type_traits>

namespace uk {

/// What exists when an entry of a level starts; each level adds what its entries bring.
enum class InitLevel : unsigned char {
    early,  // log ring, early console, boot information; no heap, interrupts off
    plat,   // frames and the default heap; here: clock, timer, interrupt controller
    bus,    // interrupts and clock; here: buses find their devices
    dev,    // devices are known; here: drivers probe
    lib,    // devices work; here: network stack, random, everything without files
    rootfs, // here: file systems are mounted
    late,   // everything; here: what an application would do first
};
inline constexpr unsigned kInitLevels = static_cast<unsigned>(InitLevel::late) + 1;

/// "early" ... "late".
const char* init_level_name(InitLevel level);

struct InitEntry {
    Result<> (*init)() = nullptr;
    const char* name = "";
    InitLevel level = InitLevel::lib;
    void (*term)() = nullptr;   // undoes init; optional
    const char* hint = nullptr; // what the user can do when it fails; optional
};

using InitTable = std::span<const InitEntry* const>;

/// How far a table was run; starts empty, one per table.
struct InitProgress {
    std::size_t done = 0; // entries whose init succeeded, counted in running order
};

/// Called once with the entry that failed. May be nullptr.
using InitReport = void (*)(const InitEntry& entry, Error error);

/// Logs the line shown above with uk_pr_err.
void init_report_log(const InitEntry& entry, Error error);

/// Runs the entries of the levels from..upto (inclusive), level by level. Stops at the first
/// failure, reports it and returns it. When `progress` is given, counts in it; levels must then be
/// run in order, starting at early.
Result<> run_init(InitTable table, InitLevel from, InitLevel upto, InitReport report,
                  InitProgress* progress = nullptr);

/// Runs the term functions of the entries counted in `progress`, last started first, and empties
/// it.
void run_term(InitTable table, InitProgress& progress);

UK_SECTION_TABLE(uk_inittab, InitEntry);

/// The table of this image.
inline InitTable init_table() {
    return UK_SECTION_SPAN(uk_inittab);
}

namespace detail {

/// Init functions return Result<>, int (0 or -errno) or nothing; the table knows one kind.
template <auto Fn>
Result<> init_call() {
    using Return = decltype(Fn());
    if constexpr (std::is_same_v<Return, Result<>>) {
        return Fn();
    } else if constexpr (std::is_void_v<Return>) {
        Fn();
        return {};
    } else {
        static_assert(std::is_same_v<Return, int>, "init function: Result<>, int or void");
        const int status = Fn();
        return status < 0 ? Result<>(static_cast<Errno>(-status)) : Result<>();
    }
}
template <auto Fn>
constexpr auto init_pointer() -> Result<> (*)() {
    if constexpr (std::is_same_v<decltype(Fn()), Result<>>)
        return Fn;
    else
        return init_call<Fn>;
}

} // namespace detail

} // namespace uk

/// UK_INIT(level, "name", function [, .term = function] [, .hint = "text"]), at namespace scope in
/// a .cpp.
#define UK_INIT(level_, name_, fn_, ...)                                                           \
    UK_SECTION_ROW(uk_inittab, uk::InitEntry,                                                      \
                   {.init = uk::detail::init_pointer<fn_>(),                                       \
                    .name = name_,                                                                 \
                    .level = uk::InitLevel::level_ __VA_OPT__(, ) __VA_ARGS__})
