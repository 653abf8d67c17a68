// SPDX-License-Identifier: BSD-3-Clause
// A small shell for looking into a running image, and the table of its commands, to which any
// library adds its own:
//
//     int run_free(uk::shell::Call& call) {
//         call.out.append("%llu bytes\n", free_bytes());
//         return 0;
//     }
//     UK_SHELL_COMMAND({"free", "memory in use", run_free});
#pragma once

#include <span>

#include <uk/base/section_table.hpp>
#include <uk/shell/output.hpp>

namespace uk::shell {

// One command that runs, for its function. Belongs to the thread that runs it.
struct Call {
    std::span<const char* const> words; // words[0] is the command's name
    int in;                             // descriptor to read from
    Output& out;                        // the terminal, or where > leads
    Output& errors;                     // always the terminal
    bool ends_shell = false;            // afterwards run() returns the command's status

    [[nodiscard]] const char* name() const { return words[0]; }
    // "rm: cannot remove 'x': No such file or directory" to `errors`; returns 1. `result`: of a
    // system call, negative.
    int fail(const char* what, const char* about, long result);
    // "rm: what (how to: rm [-f] FILE...)"; returns 2.
    int misused(const char* what);
};

// Static. Commands that take long look at stopped() now and then; those that wait do so with
// wait_for(). `run`: thread context; returns 0, or what went wrong as a number up to
// 255.
struct Command {
    const char* name;
    const char* what; // one line for help, lower case, no full stop
    int (*run)(Call& call);
    const char* words = ""; // "[-f] FILE..."
};

// The command of this name, or null.
[[nodiscard]] const Command* find(const char* name);

// Somebody has pressed Ctrl-C since the prompt before the command was shown.
[[nodiscard]] bool stopped();
// From anywhere, handlers of signals included.
void stop();

inline constexpr uint64_t kNoLimit = ~uint64_t{0};

// Waits until the descriptor can be read, or has ended, or so many nanoseconds have passed. False:
// stopped(), whether Ctrl-C came meanwhile or before; a read() behind a look at stopped() would not
// see one that comes between the two. `fd` -1: none. Thread context.
[[nodiscard]] bool wait_for(int fd, uint64_t nanoseconds = kNoLimit);

// Runs a line as if it was typed at the descriptors `in` and `out`, and returns its command's
// status: 127 without such a command, 2 if the line cannot be understood. `text` ends with a 0 and
// is overwritten. `ends_shell`: as Call's.
int run_line(char* text, int in, int out, bool& ends_shell);

// Reads lines from descriptor `in` and runs them, until `exit` or the end of input; returns the
// status of the last. Prompts, if that is a terminal. Meanwhile SIGINT ends commands. Application
// code: thread context, one thread at a time.
int run(int in = 0, int out = 1);

} // namespace uk::shell

UK_SECTION_TABLE(uk_shell_commands, uk::shell::Command);

#define UK_SHELL_COMMAND(...) UK_SECTION_ROW(uk_shell_commands, uk::shell::Command, __VA_ARGS__)
