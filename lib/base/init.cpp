// SPDX-License-Identifier: BSD-3-Clause
// The engine of the init table: pure functions over a table that is passed in.
#include <uk/init.hpp>
#include <uk/print.h>

namespace uk {

namespace {

bool at_level(const InitEntry* entry, unsigned level) {
    return entry != nullptr && static_cast<unsigned>(entry->level) == level;
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
    // The counted entries are the first `done` in running order; skip what comes behind them.
    std::size_t behind = 0;
    for (const InitEntry* entry : table)
        behind += entry != nullptr;
    UK_ASSERT(progress.done <= behind);
    behind -= progress.done;
    for (unsigned level = kInitLevels; level-- > 0;) {
        for (std::size_t i = table.size(); i-- > 0;) {
            if (!at_level(table[i], level))
                continue;
            if (behind > 0) {
                behind--;
                continue;
            }
            progress.done--; // first: a term function that shuts down again does not run twice
            if (table[i]->term != nullptr)
                table[i]->term();
        }
    }
}

} // namespace uk
