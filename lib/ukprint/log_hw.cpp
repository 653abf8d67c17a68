// SPDX-License-Identifier: BSD-3-Clause
// The log of this image: one Logger, its lock, its clock, its console and its kernel parameter.
#include <uk/config.hpp>
#include <uk/format.h>
#include <uk/hal/clock.hpp>
#include <uk/hal/irq.hpp>
#include <uk/init.hpp>
#include <uk/libparam.hpp>
#include <uk/log.hpp>
#include <uk/log/console.hpp>
#include <uk/log/counts.hpp>
#include <uk/log/logger.hpp>
#include <uk/print.h>
#include <uk/spinlock.hpp>
#include <uk/spinlock/report_lock.hpp>
#ifdef CONFIG_LIBUKSCHED_THREADS
#include <uk/sched.hpp>
#endif

namespace uk::log {

namespace {

constinit char ring_storage[kRingBytes != 0 ? kRingBytes : 1];

// When the clock had started, which may count from any moment. 0: it has not, and an early line
// must not be what starts it.
constinit uint64_t clock_start = 0;

uint64_t now_ns() {
    return clock_start != 0 ? hal::clock_monotonic_ns() - clock_start : 0;
}

constinit Logger logger(std::span<char>(ring_storage, kRingBytes), cfg::libukprint_console,
                        Outside{console::write, now_ns});
constinit BasicReportLock<KernelLocks, LockRank::log> lock;

// Exclusive use of the logger, unless the caller is an exception handler that interrupted it.
class Hold {
  public:
    Hold() : state_(lock.lock()) {}
    ~Hold() { lock.unlock(state_); }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    [[nodiscard]] bool mine() const { return state_.mine; }

  private:
    decltype(lock)::State state_;
};

#ifdef CONFIG_LIBUKSCHED_THREADS
// Who wrote the line that waits for its end: a thread, or handlers.
constinit const void* writer = nullptr;

// Another's line is not continued, even if it has the same library and level.
void write_as_caller() {
    const void* caller = &writer;
    if (sched::started() && !hal::in_interrupt()) {
        caller = &sched::current();
    }
    if (caller != writer) {
        logger.flush();
        writer = caller;
    }
}
#else
void write_as_caller() {}
#endif

// The line of somebody who found the logger taken: to the console only, without a line buffer.
__attribute__((format(printf, 3, 0))) void print_past(int level, const char* library,
                                                      const char* format, va_list arguments) {
    char prefix[64];
    console::write(prefix, format_prefix(prefix, sizeof(prefix), 0, level, library));
    uk_vformat(
        [](void*, const char* data, size_t size) -> int {
            console::write(data, size);
            return 0;
        },
        nullptr, format, arguments);
}

#ifdef CONFIG_LIBUKLIBPARAM
bool set_level(const char* value) {
    const int level = level_from_name(value);
    if (level < -1) {
        return false;
    }
    set_console_level(level);
    if (level > cfg::libukprint_level && cfg::libukprint_levels[0] == '\0') {
        uk_pr_warn("log.level=%s: this image holds no messages beyond level %s "
                   "(LIBUKPRINT_LEVEL)\n",
                   value, level_name(cfg::libukprint_level));
    }
    return true;
}
const char* show_level() {
    return level_name(console_level());
}
constinit params::Custom level_parameter = {set_level, show_level,
                                            "none, crit, err, warn, info or debug"};
#endif

[[maybe_unused]] void start_clock() {
    clock_start = hal::clock_monotonic_ns();
}

} // namespace

UK_LIBPARAM_CUSTOM("log.level", level_parameter, "least important log lines on the console");
#ifdef CONFIG_LIBUKPRINT_TIME
UK_INIT(bus, "log clock", start_clock);
#endif

int console_level() {
    return logger.console_level();
}

void set_console_level(int level) {
    const Hold hold;
    if (hold.mine()) {
        logger.set_console_level(level);
    }
}

size_t for_each_unseen(size_t most, void (*line)(void* context, const char* text, size_t size),
                       void* context) {
    return logger.for_each_unseen(most, line, context);
}

size_t copy(std::span<char> to) {
    const Hold hold;
    return hold.mine() ? logger.copy_latest(to) : 0;
}

void flush() {
    const Hold hold;
    if (hold.mine()) {
        logger.flush();
    }
}

void print_line(int level, const char* library, const char* format, va_list* arguments) {
    if (level >= 0 && level <= UK_KLVL_DEBUG)
        messages[level].add();
    const Hold hold;
    if (hold.mine()) {
        write_as_caller();
        logger.print(level, library, format, *arguments);
    } else if (level <= console_level()) {
        print_past(level, library, format, *arguments);
    }
}

} // namespace uk::log

extern "C" void uk_vprintk(int level, const char* libname, const char* /*srcfile*/, int /*line*/,
                           const char* fmt, va_list ap) {
    va_list arguments;
    va_copy(arguments, ap);
    uk::log::print_line(level, libname, fmt, &arguments);
    va_end(arguments);
}
