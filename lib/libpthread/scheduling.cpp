// SPDX-License-Identifier: BSD-3-Clause
// Names, priorities and CPUs of threads, and attributes.
#include <limits.h>
#include <string.h>

#include <uk/hal/cpus.hpp>

#include "thread.hpp"

namespace uk::pthread {

namespace {

constexpr int error(Errno how) {
    return static_cast<int>(how);
}

constexpr int kLeast = 1; // of the real-time policies, as on Linux
constexpr int kMost = 99;

bool is_real_time(int policy) {
    return policy == SCHED_FIFO || policy == SCHED_RR;
}
bool is_policy(int policy) {
    return is_real_time(policy) || policy == SCHED_OTHER || policy == SCHED_BATCH ||
           policy == SCHED_IDLE;
}
bool fits(int policy, int priority) {
    return is_real_time(policy) ? priority >= kLeast && priority <= kMost : priority == 0;
}

uint64_t all_cpus() {
    const unsigned count = kManyCpus ? hal::cpu_count() : 1;
    return count >= 64 ? ~uint64_t{0} : (uint64_t{1} << count) - 1;
}

Result<uint64_t> mask_of(size_t size, const cpu_set_t* set) {
    if (size < sizeof(uint64_t))
        return Errno::inval;
    return uint64_t{set->__bits[0]};
}
int write_mask(size_t size, cpu_set_t* set, uint64_t mask) {
    if (size < sizeof(mask))
        return error(Errno::inval);
    memset(set, 0, size < sizeof(*set) ? size : sizeof(*set));
    set->__bits[0] = mask;
    return 0;
}

} // namespace

// 99 of Linux's priorities are the 15 above the default one here.
unsigned urgency(int policy, int priority) {
    if (policy == SCHED_IDLE)
        return 0;
    if (!is_real_time(policy))
        return kDefaultPriority;
    constexpr unsigned kSteps = kThreadPriorities - 1 - kDefaultPriority;
    return kDefaultPriority + 1 + static_cast<unsigned>(priority - kLeast) * kSteps / kMost;
}

} // namespace uk::pthread

using namespace uk;
using namespace uk::pthread;

extern "C" {

int pthread_setname_np(pthread_t thread, const char* name) {
    if (strlen(name) >= Thread::kNameSize)
        return error(Errno::range);
    thread_of(thread).set_name(name);
    return 0;
}
int pthread_getname_np(pthread_t thread, char* name, size_t size) {
    const char* text = thread_of(thread).name();
    if (strlen(text) >= size)
        return error(Errno::range);
    memcpy(name, text, strlen(text) + 1);
    return 0;
}

int pthread_setaffinity_np(pthread_t thread, size_t size, const cpu_set_t* set) {
    Result<uint64_t> mask = mask_of(size, set);
    if (!mask.ok())
        return error(mask.code());
    return error(sched::set_affinity(thread_of(thread), mask.value()).code());
}
int pthread_getaffinity_np(pthread_t thread, size_t size, cpu_set_t* set) {
    return write_mask(size, set, thread_of(thread).affinity() & all_cpus());
}

int pthread_setschedparam(pthread_t thread, int policy, const struct sched_param* param) {
    if (!is_policy(policy) || !fits(policy, param->sched_priority))
        return error(Errno::inval);
    Control& control = control_of(thread);
    control.policy = policy;
    control.priority = param->sched_priority;
    return error(sched::set_priority(thread_of(thread), urgency(policy, control.priority)).code());
}
int pthread_getschedparam(pthread_t thread, int* policy, struct sched_param* param) {
    *policy = control_of(thread).policy;
    param->sched_priority = control_of(thread).priority;
    return 0;
}
int pthread_setschedprio(pthread_t thread, int priority) {
    const sched_param param = {priority};
    return pthread_setschedparam(thread, control_of(thread).policy, &param);
}

int pthread_yield() {
    sched::yield();
    return 0;
}
[[gnu::weak]] int sched_yield() { // a C library may have one of its own
    sched::yield();
    return 0;
}
int pthread_atfork(void (* /*prepare*/)(), void (* /*parent*/)(), void (* /*child*/)()) {
    return 0;
}
int pthread_getcpuclockid(pthread_t /*thread*/, clockid_t* /*clock*/) {
    return error(Errno::noent);
}
int pthread_setconcurrency(int level) {
    return level < 0 ? error(Errno::inval) : 0;
}
int pthread_getconcurrency() {
    return 0;
}

// A page is given up at the low end of what the thread was created with: there the guard may begin.
int pthread_getattr_np(pthread_t thread, pthread_attr_t* attr) {
    const Control& control = control_of(thread);
    if (control.stack_size == 0)
        return error(Errno::nosys); // the first thread, or one that is not of this library
    *attr = {};
    attr->__stack_size = control.stack_size;
    attr->__stack = const_cast<char*>(control.stack_end) - control.stack_size;
    attr->__guard_size = kPageSize;
    attr->__detached = control.handle.load_relaxed() == Control::detached ? 1 : 0;
    attr->__policy = static_cast<unsigned char>(control.policy);
    attr->__priority = control.priority;
    attr->__cpus = thread_of(thread).affinity();
    return 0;
}

// --- attributes ----------------------------------------------------------------------------------

int pthread_attr_init(pthread_attr_t* attr) {
    *attr = {};
    attr->__guard_size = kPageSize;
    return 0;
}
int pthread_attr_destroy(pthread_attr_t* attr) {
    *attr = {};
    return 0;
}
int pthread_attr_setdetachstate(pthread_attr_t* attr, int state) {
    if (state != PTHREAD_CREATE_JOINABLE && state != PTHREAD_CREATE_DETACHED)
        return error(Errno::inval);
    attr->__detached = static_cast<unsigned char>(state);
    return 0;
}
int pthread_attr_getdetachstate(const pthread_attr_t* attr, int* state) {
    *state = attr->__detached;
    return 0;
}
int pthread_attr_setstacksize(pthread_attr_t* attr, size_t size) {
    if (size < PTHREAD_STACK_MIN)
        return error(Errno::inval);
    attr->__stack_size = size;
    return 0;
}
int pthread_attr_getstacksize(const pthread_attr_t* attr, size_t* size) {
    *size = attr->__stack_size != 0 ? attr->__stack_size : size_t{cfg::libpthread_stack_kib} * 1024;
    return 0;
}
int pthread_attr_setstack(pthread_attr_t* /*attr*/, void* /*stack*/, size_t /*size*/) {
    return error(Errno::opnotsupp);
}
int pthread_attr_getstack(const pthread_attr_t* attr, void** stack, size_t* size) {
    *stack = attr->__stack;
    return pthread_attr_getstacksize(attr, size);
}
int pthread_attr_setguardsize(pthread_attr_t* attr, size_t size) {
    attr->__guard_size = size;
    return 0;
}
int pthread_attr_getguardsize(const pthread_attr_t* attr, size_t* size) {
    *size = attr->__guard_size;
    return 0;
}
int pthread_attr_setinheritsched(pthread_attr_t* attr, int inherit) {
    if (inherit != PTHREAD_INHERIT_SCHED && inherit != PTHREAD_EXPLICIT_SCHED)
        return error(Errno::inval);
    attr->__inherit = static_cast<unsigned char>(inherit);
    return 0;
}
int pthread_attr_getinheritsched(const pthread_attr_t* attr, int* inherit) {
    *inherit = attr->__inherit;
    return 0;
}
int pthread_attr_setschedpolicy(pthread_attr_t* attr, int policy) {
    if (!is_policy(policy))
        return error(Errno::inval);
    attr->__policy = static_cast<unsigned char>(policy);
    return 0;
}
int pthread_attr_getschedpolicy(const pthread_attr_t* attr, int* policy) {
    *policy = attr->__policy;
    return 0;
}
int pthread_attr_setschedparam(pthread_attr_t* attr, const struct sched_param* param) {
    if (param->sched_priority < 0 || param->sched_priority > kMost)
        return error(Errno::inval);
    attr->__priority = param->sched_priority;
    return 0;
}
int pthread_attr_getschedparam(const pthread_attr_t* attr, struct sched_param* param) {
    param->sched_priority = attr->__priority;
    return 0;
}
int pthread_attr_setscope(pthread_attr_t* /*attr*/, int scope) {
    if (scope == PTHREAD_SCOPE_PROCESS)
        return error(Errno::opnotsupp);
    return scope == PTHREAD_SCOPE_SYSTEM ? 0 : error(Errno::inval);
}
int pthread_attr_getscope(const pthread_attr_t* /*attr*/, int* scope) {
    *scope = PTHREAD_SCOPE_SYSTEM;
    return 0;
}
int pthread_attr_setaffinity_np(pthread_attr_t* attr, size_t size, const cpu_set_t* set) {
    Result<uint64_t> mask = mask_of(size, set);
    if (mask.ok())
        attr->__cpus = mask.value();
    return error(mask.code());
}
int pthread_attr_getaffinity_np(const pthread_attr_t* attr, size_t size, cpu_set_t* set) {
    return write_mask(size, set, attr->__cpus != 0 ? attr->__cpus : all_cpus());
}

} // extern "C"
