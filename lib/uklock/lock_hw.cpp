// SPDX-License-Identifier: BSD-3-Clause
// The locks over the scheduler of this image.
#include <uk/lock.hpp>

namespace uk {

template class BasicMutex<detail::ImageLocks>;
template class BasicRecursiveMutex<detail::ImageLocks>;
template class BasicSemaphore<detail::ImageLocks>;
template class BasicCondVar<detail::ImageLocks>;
template class BasicRwLock<detail::ImageLocks>;
template class BasicCompletion<detail::ImageLocks>;
template class BasicEventSet<detail::ImageLocks>;

} // namespace uk
