// SPDX-License-Identifier: BSD-3-Clause
// This domain's grant table: a page of Xen's in the place of one of ours.
#include "grants.hpp"

#include <uk/base/late.hpp>

namespace uk {
namespace {

using namespace xen;

constexpr uint32_t kEntries = kPageSize / sizeof(GrantEntry);

struct alignas(kPageSize) TablePage {
    volatile GrantEntry entries[kEntries];
};

constinit TablePage g_page{};
constinit uint32_t g_next[kEntries]{};
constinit Late<GrantTable<Machine>> g_table;

} // namespace

Result<GrantTable<Machine>*> xen::grants() {
    if (!g_table.ready()) {
        UK_TRY(place_page(MapSpace::grant_table, 0, &g_page));
        g_table.emplace(g_page.entries, g_next, kEntries, Machine{});
    }
    return &*g_table;
}

} // namespace uk
