// SPDX-License-Identifier: BSD-3-Clause
// Stacks of threads in the address space, each part with a guard below it.
#include <uk/sched/guarded_stack.hpp>

#include <uk/base/address.hpp>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/string.h>
#include <uk/vmem.hpp>

namespace uk::sched::detail {
namespace {

static_assert(kStackGuardBytes == kPageSize);

// What a report calls the part on which interrupts run.
struct KernelName {
    char text[Thread::kNameSize] = "irq:";
    explicit KernelName(const char* thread) { strlcpy(text + 4, thread, sizeof text - 4); }
};

// Cuts the upper part off the whole, which is one stack so far, and gives both their frames.
Result<> divide(Vaddr base, size_t bytes, size_t kernel, const char* name) {
    if (kernel != 0) {
        const size_t own = bytes - kernel - kStackGuardBytes;
        UK_TRY(vmem::map({.size = kernel,
                          .where = base + own,
                          .placement = vmem::Placement::replace,
                          .kind = vmem::Kind::stack,
                          .name = KernelName(name).text,
                          .guard = kStackGuardBytes,
                          .populate = true}));
        bytes = own;
    }
    return vmem::populate(base, bytes);
}

} // namespace

Result<ThreadStack> guarded_stack_get(size_t bytes, size_t kernel, const char* name) {
    Result<Vaddr> whole = vmem::map(
        {.size = bytes, .kind = vmem::Kind::stack, .name = name, .guard = kStackGuardBytes});
    if (whole.code() == Errno::nosys) {
        void* run = UK_TRY(falloc::allocate_run(bytes / kPageSize));
        return ThreadStack{static_cast<char*>(run), bytes};
    }
    const Vaddr base = UK_TRY(whole);
    const ThreadStack stack{base.as<char>(), bytes};
    if (!divide(base, bytes, kernel, name).ok()) {
        guarded_stack_put(stack);
        return Errno::nomem;
    }
    return stack;
}

void guarded_stack_rename(ThreadStack stack, size_t kernel, const char* name) {
    const Vaddr base = Vaddr::of(stack.base);
    // ENOENT: one without guards
    if (vmem::rename_stack(base, name).ok() && kernel != 0) {
        (void)vmem::rename_stack(base + (stack.size - kernel), KernelName(name).text).ok();
    }
}

void guarded_stack_put(ThreadStack stack) {
    const Vaddr base = Vaddr::of(stack.base);
    if (vmem::range().contains(base)) {
        const Result<> done = vmem::unmap(base - kStackGuardBytes, stack.size + kStackGuardBytes);
        UK_VERIFY(done.ok()); // whole areas: nothing is cut, so nothing is needed for it
    } else {
        falloc::free_run(stack.base, stack.size / kPageSize);
    }
}

void guarded_stacks_put(std::span<const ThreadStack> stacks) {
    VirtRange ranges[kMostStacks];
    size_t count = 0;
    for (ThreadStack stack : stacks) {
        const Vaddr base = Vaddr::of(stack.base);
        if (vmem::range().contains(base))
            ranges[count++] = {base - kStackGuardBytes, stack.size + kStackGuardBytes};
        else
            guarded_stack_put(stack);
    }
    const Result<> done = vmem::unmap_all({ranges, count});
    UK_VERIFY(count == 0 || done.ok()); // whole areas
}

} // namespace uk::sched::detail
