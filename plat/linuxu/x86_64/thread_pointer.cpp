// SPDX-License-Identifier: BSD-3-Clause
// The thread-local register of the process.
#include <uk/linuxabi/x86_64/fs_base.hpp>
#include <uk/tls.hpp>

#include "host.hpp"

namespace uk {

static constinit bool g_asked = false;
static constinit bool g_by_instruction = false;

// First called at boot, before there is a second thread.
void tls::enter(void* thread_pointer) {
    if (!g_asked) {
        g_by_instruction = linuxabi::has_wrfsbase(linuxabi::aux_vector(linuxu::g_envp));
        g_asked = true;
    }
    linuxabi::set_fs_base(thread_pointer, g_by_instruction);
}

} // namespace uk
