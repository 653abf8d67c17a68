// SPDX-License-Identifier: BSD-3-Clause
// The interrupt lines of this image.
#include <uk/intctlr/irq_lines.hpp>

#include <uk/hal/irq_line.hpp>
#include <uk/intctlr/irq_table.hpp>
#include <uk/spinlock.hpp>

namespace uk {
namespace {

struct Chip {
    static Result<> open(uint32_t number) { return intctlr::open_line(number); }
    static void close(uint32_t number) { intctlr::close_line(number); }
    static bool keeps(uint32_t number) { return intctlr::line_keeps(number); }
    static void repeat(uint32_t number) { intctlr::repeat_line(number); }
};
constinit intctlr::IrqTable<Chip, IrqSpinlock<LockRank::irq_lines>> g_table{Chip{}};

} // namespace

bool intctlr::take_line(uint32_t number) {
    return g_table.take(number);
}

Result<> hal::irq_attach(IrqLine line, IrqAction& action) {
    return g_table.attach(line.number, action);
}

void hal::irq_detach(IrqLine line, IrqAction& action) {
    g_table.detach(line.number, action);
}

void hal::irq_mask(IrqLine line) {
    g_table.mask(line.number);
}

void hal::irq_unmask(IrqLine line) {
    g_table.unmask(line.number);
}

} // namespace uk
