// SPDX-License-Identifier: BSD-3-Clause
// Extended attributes of nodes.
#include <uk/vfs/operations.hpp>

#include "node_state.hpp"

namespace uk::vfs {

namespace {

template <class Work>
Result<> change_attributes(const Place& place, Work work) {
    if (place.mount->read_only())
        return Errno::rofs;
    Node& node = *place.node;
    LockGuard guard(node.lock());
    UK_TRY(work(node));
    NodeState::changed(node);
    return ok();
}

} // namespace

Result<size_t> get_attribute(const Place& place, Name name, std::span<std::byte> room) {
    SharedGuard guard(place.node->lock());
    return place.node->get_attribute(name, room);
}

Result<> set_attribute(const Place& place, Name name, std::span<const std::byte> value, int flags) {
    return change_attributes(place,
                             [&](Node& node) { return node.set_attribute(name, value, flags); });
}

Result<> remove_attribute(const Place& place, Name name) {
    return change_attributes(place, [&](Node& node) { return node.remove_attribute(name); });
}

// Where there are none there is an empty list of them.
Result<size_t> list_attributes(const Place& place, std::span<char> room) {
    SharedGuard guard(place.node->lock());
    Result<size_t> size = place.node->list_attributes(room);
    return size.code() == Errno::opnotsupp ? Result<size_t>(size_t{0}) : size;
}

} // namespace uk::vfs
