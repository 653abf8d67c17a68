// SPDX-License-Identifier: BSD-3-Clause
// The page that `help` on the command line prints.
#include <uk/libparam.hpp>
#include <uk/string.h>

#include "value.hpp"

namespace uk::params {

namespace {

constexpr char kHead[] = "Command line:  [help] [NAME=VALUE]... -- [APPLICATION ARGUMENT]...\n"
                         "Without \"--\" every word is an application argument. Sizes take K, M, "
                         "G, T; lists are written\n"
                         "NAME=[ \"a\" \"b\" ]. Parameters of this image and their values:\n";

bool before(const Param& left, const Param& right) {
    Message left_name;
    Message right_name;
    append_name(left_name, left);
    append_name(right_name, right);
    return strcmp(left_name.c_str(), right_name.c_str()) < 0;
}

// The row that follows `last` (nullptr: the first) in the order of names.
const Param* next_by_name(Rows rows, const Param* last) {
    const Param* best = nullptr;
    for (const Param* row : rows) {
        if ((last == nullptr || before(*last, *row)) && (best == nullptr || before(*row, *best))) {
            best = row;
        }
    }
    return best;
}

void print_row(const Param& row, Print print, void* context) {
    Message line;
    line.append("  ");
    append_name(line, row);
    line.append(row.count != nullptr ? "=[ " : "=");
    print(context, line.c_str(), line.size());
    const size_t values = row.count != nullptr ? *row.count : 1;
    for (size_t i = 0; i < values; i++) {
        Message value;
        append_value(value, row, i);
        print(context, value.c_str(), value.size());
        print(context, " ", row.count != nullptr ? 1 : 0);
    }
    line.clear();
    line.append("%s\n      %s: ", row.count != nullptr ? "]" : "", row.description);
    if (row.count != nullptr) {
        line.append("at most %u times ", row.capacity);
    }
    append_expectation(line, row);
    line.append("\n");
    print(context, line.c_str(), line.size());
}

} // namespace

void print_help(Rows rows, Print print, void* context) {
    print(context, kHead, sizeof(kHead) - 1);
    for (const Param* row = next_by_name(rows, nullptr); row != nullptr;
         row = next_by_name(rows, row)) {
        print_row(*row, print, context);
    }
}

} // namespace uk::params
