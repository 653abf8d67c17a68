// SPDX-License-Identifier: BSD-3-Clause
// <fenv.h> on arm64: FPCR rounds, FPSR keeps exceptions. Both belong to the thread.
#include <fenv.h>

static unsigned control() {
    unsigned long value;
    asm volatile("mrs %0, fpcr" : "=r"(value));
    return static_cast<unsigned>(value);
}
static void set_control(unsigned value) {
    asm volatile("msr fpcr, %0" : : "r"(static_cast<unsigned long>(value)) : "memory");
}
static unsigned state() {
    unsigned long value;
    asm volatile("mrs %0, fpsr" : "=r"(value) : : "memory");
    return static_cast<unsigned>(value);
}
static void set_state(unsigned value) {
    asm volatile("msr fpsr, %0" : : "r"(static_cast<unsigned long>(value)) : "memory");
}

static constexpr unsigned kRounding = FE_TOWARDZERO;
static constexpr unsigned kAll = FE_ALL_EXCEPT;

static unsigned known(int excepts) {
    return static_cast<unsigned>(excepts) & kAll;
}

int feclearexcept(int excepts) {
    set_state(state() & ~known(excepts));
    return 0;
}
int fetestexcept(int excepts) {
    return static_cast<int>(state() & known(excepts));
}
// Processors do not trap here, so to raise is to note.
int feraiseexcept(int excepts) {
    set_state(state() | known(excepts));
    return 0;
}
int fegetexceptflag(fexcept_t* flags, int excepts) {
    *flags = state() & known(excepts);
    return 0;
}
int fesetexceptflag(const fexcept_t* flags, int excepts) {
    set_state((state() & ~known(excepts)) | (*flags & known(excepts)));
    return 0;
}

int fegetround() {
    return static_cast<int>(control() & kRounding);
}
int fesetround(int mode) {
    if ((static_cast<unsigned>(mode) & ~kRounding) != 0) {
        return 1;
    }
    set_control((control() & ~kRounding) | static_cast<unsigned>(mode));
    return 0;
}

int fegetenv(fenv_t* out) {
    *out = {control(), state()};
    return 0;
}
int fesetenv(const fenv_t* wanted) {
    const fenv_t environment = wanted == FE_DFL_ENV ? fenv_t{} : *wanted;
    set_control(environment.__fpcr);
    set_state(environment.__fpsr);
    return 0;
}
int feholdexcept(fenv_t* out) {
    (void)fegetenv(out);
    return feclearexcept(FE_ALL_EXCEPT);
}
int feupdateenv(const fenv_t* wanted) {
    const unsigned raised = state() & kAll;
    (void)fesetenv(wanted);
    return feraiseexcept(static_cast<int>(raised));
}
