// SPDX-License-Identifier: BSD-3-Clause
// Private: waits with another mask of signals.
#pragma once

#include <cstddef>

#include <uk/abi/signal.h>
#include <uk/base/result.hpp>
#include <uk/config.hpp>
#include <uk/user.hpp>
#ifdef CONFIG_LIBPOSIX_SIGNAL
#include <uk/signal.hpp>
#endif

namespace uk::poll {

// body(), with that mask if there is one. When it gives up for a handler, the mask stays until that
// has run. Where there are no signals, none comes.
template <class Body>
auto with_mask(const uk_sigset_t* mask, size_t mask_bytes, Body body) -> decltype(body()) {
    if (mask == nullptr)
        return body();
    if (mask_bytes != sizeof(*mask))
        return Errno::inval;
    const uk_sigset_t wanted = UK_TRY(user::read<uk_sigset_t>(Vaddr::of(mask)));
#ifdef CONFIG_LIBPOSIX_SIGNAL
    signal::lend_mask(wanted.bits);
    auto result = body();
    if (result.code() != Errno::intr)
        signal::return_mask();
    return result;
#else
    (void)wanted;
    return body();
#endif
}

} // namespace uk::poll
