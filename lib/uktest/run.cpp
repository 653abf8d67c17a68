// SPDX-License-Identifier: BSD-3-Clause
// Runs test cases and prints TAP (testanything.org, version 13).
#include <cstdarg>

#include <uk/base/format.hpp>
#include <uk/string.h>
#include <uk/test.hpp>

namespace uk::test {

namespace {

using Line = TextBuffer<256>;

void append_name(Line& out, const Case& each) {
    out.append("%s.%s", each.library, each.name);
}

bool selected(const Case& each, const char* filter) {
    if (filter == nullptr || *filter == '\0') {
        return true;
    }
    Line name;
    append_name(name, each);
    return strstr(name.c_str(), filter) != nullptr;
}

} // namespace

void Context::fail(const char* file, int line, const char* fmt, ...) {
    char text[256];
    size_t size = uk_scnprintf(text, sizeof(text) - 1, "# %s:%d: ", file, line);
    va_list arguments;
    va_start(arguments, fmt);
    size += uk_vscnprintf(text + size, sizeof(text) - 1 - size, fmt, arguments);
    va_end(arguments);
    for (size_t i = 0; i < size; i++) {
        text[i] = text[i] == '\n' ? ' ' : text[i]; // a diagnostic is one line
    }
    text[size] = '\n';
    print_(text, size + 1);
    failures_++;
}

Totals run(Cases cases, const char* filter, Print print) {
    unsigned count = 0;
    for (const Case* each : cases) {
        count += selected(*each, filter) ? 1 : 0;
    }
    Line line;
    line.append("TAP version 13\n1..%u\n", count);
    print(line.c_str(), line.size());
    Totals totals;
    unsigned number = 0;
    for (const Case* each : cases) {
        if (!selected(*each, filter)) {
            continue;
        }
        Context context(print);
        each->run(context);
        const bool good = context.failures() == 0;
        line.clear();
        line.append("%s %u - ", good ? "ok" : "not ok", ++number);
        append_name(line, *each);
        if (good && context.skip_reason() != nullptr) {
            line.append(" # SKIP %s", context.skip_reason());
            totals.skipped++;
        } else if (good) {
            totals.passed++;
        } else {
            totals.failed++;
        }
        line.append("\n");
        print(line.c_str(), line.size());
    }
    line.clear();
    line.append("# %u passed, %u failed, %u skipped\n", totals.passed, totals.failed,
                totals.skipped);
    print(line.c_str(), line.size());
    return totals;
}

} // namespace uk::test
