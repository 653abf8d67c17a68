// SPDX-License-Identifier: BSD-3-Clause
// The engine of the init table: pure functions over a table that is passed in.
#include <uk/init.hpp>
#include <uk/print.h>

namespace uk {

namespace {

bool at_level(const InitEntry* entry, unsigned level) {
    return entry != nullptr && static_cast<unsigned>(entry->level) == level;
}

/// The entry that runs after n others.
const InitEntry* in_running_order(InitTable table, std::size_t n) {
    for (unsigned level = 0; level < kInitLevels; level++)
        for (const InitEntry* entry : table)
            if (at_level(entry, level) && n-- == 0)
                return entry;
    UK_PANIC("more init entries done than there are");
}

} // namespace

const char* init_level_name(InitLevel level) {
    static constexpr char kNames[kInitLevels][7] = {"early", "plat",   "bus", "dev",
                                                    "lib",   "rootfs", "late"};
    const auto i = static_cast<unsigned>(level);
    return i < kInitLevels ? kNames[i] : "?";
}

void init_report_log(const InitEntry& entry, Error error) {
    if (entry.hint != nullptr)
        uk_pr_err("init '%s' failed: %s (%s)\n", entry.name, error.name(), entry.hint);
    else
        uk_pr_err("init '%s' failed: %s\n", entry.name, error.name());
}

Result<> run_init(InitTable table, InitLevel from, InitLevel upto, InitReport report,
                  InitProgress* progress) {
    for (auto level = static_cast<unsigned>(from); level <= static_cast<unsigned>(upto); level++) {
        for (const InitEntry* entry : table) {
            if (!at_level(entry, level))
                continue;
            if (const Result<> result = entry->init(); !result.ok()) {
                if (report != nullptr)
                    report(*entry, result.error());
                return result;
            }
            if (progress != nullptr)
                progress->done++;
        }
    }
    return {};
}

void run_term(InitTable table, InitProgress& progress) {
    // Counted down first, and looked up anew each time: a term function may shut down again, and
    // nothing runs twice.
    while (progress.done > 0)
        if (const InitEntry* entry = in_running_order(table, --progress.done);
            entry->term != nullptr)
            entry->term();
}

} // namespace uk
