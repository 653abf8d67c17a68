// SPDX-License-Identifier: BSD-3-Clause
// Host tests: random programs against the model, and every failure of every allocation on the way.
#include <gtest/gtest.h>

#include <random>

#include "model.hpp"
#include <uk/fakes/effort.hpp>

namespace {

using namespace uk;
using namespace uk::vmem;
using namespace uk::vmem::tests;

TEST(VmemModel, RandomProgramsKeepToIt) {
    for (unsigned seed = 0; seed < uk::fakes::effort(60); seed++) {
        SCOPED_TRACE(seed);
        std::mt19937 random(seed);
        std::vector<uint8_t> bytes(2000);
        for (uint8_t& byte : bytes) {
            byte = static_cast<uint8_t>(random());
        }
        Program(bytes.data(), bytes.size()).run();
    }
}

// One of everything. False at the first error, which is ENOMEM, or EIO of the file.
bool life_of_an_application(Machine& m, FakeFile& file) {
    auto& space = m.space;
    auto good = [](const auto& result) {
        EXPECT_TRUE(result.ok() || result.code() == Errno::nomem || result.code() == Errno::io);
        return result.ok();
    };
    Result<Vaddr> heap = space.map({.size = 10 * kPageSize});
    if (!good(heap) || !good(space.populate(heap.value(), 3 * kPageSize)) ||
        !m.write(heap.value() + 5 * kPageSize, 1) ||
        !good(space.protect(heap.value() + kPageSize, kPageSize, kReadOnly)) ||
        !good(space.unmap(heap.value() + 4 * kPageSize, kPageSize))) {
        return false;
    }
    Result<Vaddr> stack = space.map({.size = 4 * kPageSize, .kind = Kind::stack, .guard = 1});
    if (!good(stack) || !m.write(stack.value(), 1) || !good(space.unmap_stack(stack.value()))) {
        return false;
    }
    Result<Vaddr> device =
        space.map({.size = 2 * kPageSize, .kind = Kind::device, .offset = 0x1000'0000'0000});
    Result<Vaddr> over = space.map({.size = 8 * kPageSize,
                                    .where = heap.value() + 2 * kPageSize,
                                    .placement = Placement::replace,
                                    .kind = Kind::file,
                                    .pager = &file,
                                    .shared = true,
                                    .populate = true});
    if (!good(device) || !good(over) || !m.write(over.value(), 3)) {
        return false;
    }
    file.blocks = true;
    Result<Vaddr> copy = space.map({.size = 3 * kPageSize, .kind = Kind::file, .pager = &file});
    return good(copy) && good(space.sync(over.value(), 8 * kPageSize)) &&
           good(space.discard(heap.value(), kPageSize)) && m.write(heap.value(), 1);
}

TEST(VmemModel, EveryFailureIsAnAnswerAndLosesNothing) {
    for (size_t k = 1;; k++) {
        SCOPED_TRACE(k);
        Machine m;
        FakeFile file(m, 8);
        m.store.fail_at = m.store.requests + k;
        const bool done = life_of_an_application(m, file);
        const bool failed = m.store.requests >= m.store.fail_at;
        EXPECT_NE(done, failed);
        m.store.fail_at = 0;
        m.space.clear();
        EXPECT_EQ(file.users, 0);
        EXPECT_EQ(m.space.stats().private_pages, 0u);
        if (!failed) {
            EXPECT_GT(k, 30u);
            break;
        }
    }
}

} // namespace
