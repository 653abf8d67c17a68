// SPDX-License-Identifier: BSD-3-Clause
// Captures the kernel log of a host test and echoes it when the test fails.
#include <uk/fakes/log.hpp>

#include <cstdarg>
#include <cstdio>
#include <mutex>

#include <gtest/gtest.h>

#include <uk/print.h>

namespace {

std::mutex g_lock;
std::string g_text;

const char* level_name(int level) {
    static const char* const kNames[] = {"crit", "err", "warn", "info", "debug"};
    return level >= 0 && level <= 4 ? kNames[level] : "?";
}

class EchoOnFailure : public testing::EmptyTestEventListener {
    void OnTestStart(const testing::TestInfo& /*info*/) override { uk::fakes::log_clear(); }
    void OnTestEnd(const testing::TestInfo& info) override {
        if (info.result()->Failed() && !uk::fakes::log_text().empty()) {
            std::fprintf(stderr, "--- logged by %s.%s:\n%s---\n", info.test_suite_name(),
                         info.name(), uk::fakes::log_text().c_str());
        }
    }
};

// Runs before main; GoogleTest owns the listener from then on.
[[maybe_unused]] const bool g_registered = [] {
    testing::UnitTest::GetInstance()->listeners().Append(new EchoOnFailure);
    return true;
}();

} // namespace

std::string uk::fakes::log_text() {
    std::lock_guard guard{g_lock};
    return g_text;
}

void uk::fakes::log_clear() {
    std::lock_guard guard{g_lock};
    g_text.clear();
}

extern "C" void uk_vprintk(int level, const char* libname, const char* /*srcfile*/, int /*line*/,
                           const char* fmt, va_list ap) {
    va_list again;
    va_copy(again, ap);
    int size = std::vsnprintf(nullptr, 0, fmt, again);
    va_end(again);
    std::string text(size > 0 ? static_cast<size_t>(size) : 0, '\0');
    std::vsnprintf(text.data(), text.size() + 1, fmt, ap);

    std::lock_guard guard{g_lock};
    if (g_text.empty() || g_text.back() == '\n') {
        g_text.append(level_name(level)).append(" ");
        g_text.append(libname != nullptr ? libname : "-").append(": ");
    }
    g_text += text;
}

extern "C" void uk_printk(int level, const char* libname, const char* srcfile, int line,
                          const char* fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    uk_vprintk(level, libname, srcfile, line, fmt, ap);
    va_end(ap);
}
