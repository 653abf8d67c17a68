// SPDX-License-Identifier: BSD-3-Clause
// Instructions that may fault on purpose: rows of the section uk_extable, from assembly.
//
//     2:  movb (%rsi), %cl
//         ...
//     3:  ret
//         .pushsection uk_extable, "a", @progbits
//         .balign 8
//         .quad 2b, 3b
//         .popsection
#pragma once

#include <cstdint>

namespace uk {

struct Fixup {
    uintptr_t instruction; // that may fault
    uintptr_t go_on;       // where it goes on then, with the registers as they are
};

} // namespace uk

extern "C" {
extern const uk::Fixup __start_uk_extable[]; // by the linker, if there is any row
extern const uk::Fixup __stop_uk_extable[];
}

namespace uk {

// Where to go on after a fault at `pc`; 0: nobody expects it. For the handler of the fault, in
// images with at least one row. Linear: there are tens of rows, and faults are rare.
inline uintptr_t fixup_of(uintptr_t pc) {
    for (const Fixup* row = __start_uk_extable; row != __stop_uk_extable; row++) {
        if (row->instruction == pc)
            return row->go_on;
    }
    return 0;
}

} // namespace uk
