// SPDX-License-Identifier: BSD-3-Clause
// The walk along a path.
#include <uk/vfs/path.hpp>

#include <uk/string.h>

namespace uk::vfs {

namespace {

inline std::string_view without_slashes(std::string_view text) {
    while (!text.empty() && text.front() == '/')
        [[unlikely]] text = {text.data() + 1, text.size() - 1};
    return text;
}

// Up to the first '/', or all. Eight bytes at once: marked is the lowest of those that are one.
inline size_t length_of_name(std::string_view text) {
    constexpr uint64_t kOnes = 0x0101010101010101;
    static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
    size_t length = 0;
    for (; text.size() - length >= 8; length += 8) {
        uint64_t word = 0;
        __builtin_memcpy(&word, text.data() + length, sizeof(word));
        word ^= '/' * kOnes;
        if (const uint64_t marks = (word - kOnes) & ~word & 0x80 * kOnes; marks != 0)
            return length + static_cast<unsigned>(__builtin_ctzll(marks)) / 8;
    }
    while (length < text.size() && text[length] != '/')
        length++;
    return length;
}

bool is_dots(Name name) {
    return name.front() == '.' && (name.size() == 1 || (name.size() == 2 && name[1] == '.'));
}

Ref<Node> adopt(Node* node) {
    return node == nullptr ? Ref<Node>{} : Ref<Node>::adopt(*node);
}

} // namespace

PathWalk::~PathWalk() {
    while (depth_ != 0)
        adopt(rests_[--depth_].owner).reset();
}

Result<> PathWalk::begin(std::string_view path) {
    if (path.empty())
        return Errno::noent;
    if (path.size() >= kMostPath)
        return Errno::nametoolong;
    const bool absolute = path.front() == '/';
    if (absolute && (has(kBelow) || too_far(start_, root_)))
        return Errno::xdev;
    place_ = absolute ? root_ : start_;
    if (!absolute && !place_.node->is_directory())
        return Errno::notdir;
    text_ = path;
    return go();
}

// Takes components until one is left that is the last of all.
Result<> PathWalk::go() {
    last_ = Last::root;
    for (;;) {
        text_ = without_slashes(text_);
        if (text_.empty()) {
            if (depth_ == 0)
                return ok();
            const Rest& rest = rests_[--depth_];
            text_ = {rest.text, rest.size};
            owner_ = adopt(rest.owner);
            continue;
        }
        if (!place_.node->is_directory())
            return Errno::notdir;
        const size_t length = length_of_name(text_);
        const Name name{text_.data(), length};
        const std::string_view rest =
            without_slashes({text_.data() + length, text_.size() - length});
        if (rest.empty() && depth_ == 0) {
            slash_ = slash_ || length < text_.size();
            name_ = name;
            last_ = !is_dots(name) ? Last::name : name.size() == 1 ? Last::dot : Last::dotdot;
            return ok();
        }
        text_ = rest;
        UK_TRY(step(name));
    }
}

inline Result<Ref<Node>> PathWalk::look_up_node() {
    if (name_.size() > kMostName)
        return Errno::nametoolong;
    SharedGuard guard(place_.node->lock());
    return place_.node->lookup(name_);
}

// A component in the middle.
Result<> PathWalk::step(Name name) {
    name_ = name;
    if (is_dots(name)) [[unlikely]]
        return name.size() == 1 ? ok() : up();
    Ref<Node> next = UK_TRY(look_up_node());
    if (next->is_mount_point()) [[unlikely]] {
        Place place{place_.mount, std::move(next)};
        mounts_.cross(place);
        if (too_far(place_, place))
            return Errno::xdev;
        if (!place.node->is_directory())
            return Errno::notdir;
        place_ = std::move(place);
        return ok();
    }
    if (!next->is_directory()) [[unlikely]]
        return next->kind() == NodeKind::link ? enter(*next) : Errno::notdir;
    place_.node = std::move(next); // the mount stays
    return ok();
}

Result<Place> PathWalk::look_up() {
    Place next{{}, UK_TRY(look_up_node())};
    next.mount = place_.mount;
    mounts_.cross(next);
    if (too_far(place_, next))
        return Errno::xdev;
    return next;
}

Result<> PathWalk::check_jump() const {
    if (has(kNoJumps))
        return Errno::loop;
    return has(kBelow) || has(kLocalJumps) ? Errno::xdev : Errno::ok;
}

// Of what is still to come the link's target is the first.
Result<> PathWalk::enter(Node& link) {
    if (links_++ >= kMostLinks || has(kNoLinks))
        return Errno::loop;
    Place to;
    if (UK_TRY(link.jump(to))) {
        UK_TRY(check_jump());
        if (too_far(place_, to))
            return Errno::xdev;
        place_ = std::move(to);
        return ok();
    }
    const std::string_view target = UK_TRY(link.target());
    if (target.empty())
        return Errno::noent;
    if (!text_.empty()) {
        rests_[depth_++] = {text_.data(), text_.size(), owner_.release()};
    }
    text_ = target;
    owner_ = Ref<Node>::share(link);
    if (target.front() == '/') {
        if (has(kBelow) || too_far(place_, root_))
            return Errno::xdev;
        place_ = root_;
    }
    return ok();
}

Result<> PathWalk::follow(Node& link) {
    text_ = {};
    UK_TRY(enter(link));
    if (text_.empty()) {
        last_ = Last::jumped;
        return ok();
    }
    return go();
}

Result<> PathWalk::up() {
    for (;;) {
        if (place_ == root_)
            return has(kBelow) ? Errno::xdev : Errno::ok;
        if (place_.node.get() != &place_.mount->root())
            break;
        if (!mounts_.leave(place_))
            return ok();
        if (has(kNoMounts))
            return Errno::xdev;
    }
    Ref<Node> node = place_.node; // outlives its guard
    {
        SharedGuard guard(node->lock());
        place_.node = UK_TRY(node->parent());
    }
    const Mount* const mount = place_.mount.get();
    mounts_.cross(place_);
    return has(kNoMounts) && place_.mount.get() != mount ? Errno::xdev : Errno::ok;
}

Result<Place> PathWalk::finish(bool follow_last) {
    for (;;) {
        Place found;
        if (last_ == Last::name) {
            found = UK_TRY(look_up());
            if (found.node->kind() == NodeKind::link && (follow_last || slash_)) {
                Ref<Node> link = std::move(found.node);
                UK_TRY(follow(*link));
                continue;
            }
        } else {
            if (last_ == Last::dotdot)
                UK_TRY(up());
            found = place_;
        }
        if (slash_ && !found.node->is_directory())
            return Errno::notdir;
        return found;
    }
}

namespace {

// Grows towards the beginning.
class BackwardText {
  public:
    explicit BackwardText(std::span<char> room) : room_(room), at_(room.size()) {}

    Result<> put(std::string_view text) {
        if (text.size() > at_)
            return Errno::range;
        at_ -= text.size();
        memcpy(room_.data() + at_, text.data(), text.size());
        return ok();
    }
    [[nodiscard]] bool empty() const { return at_ == room_.size(); }
    [[nodiscard]] std::string_view text() const { return {room_.data() + at_, room_.size() - at_}; }

  private:
    std::span<char> room_;
    size_t at_;
};

Result<> put_name(Node& folder, Node& child, BackwardText& text) {
    char name[kMostName];
    size_t length = 0;
    {
        SharedGuard guard(folder.lock());
        length = UK_TRY(folder.name_of(child, name));
    }
    UK_TRY(text.put({name, length}));
    return text.put("/");
}

Result<Ref<Node>> parent_of(Node& folder) {
    SharedGuard guard(folder.lock());
    return folder.parent();
}

// Up to the root of the mount, or to `root`. Nothing moves meanwhile.
Result<> put_names(const Place& root, Place& at, BackwardText& text) {
    LockGuard guard(at.mount->file_system().rename_lock());
    while (!(at == root) && at.node.get() != &at.mount->root()) {
        Ref<Node> parent = UK_TRY(parent_of(*at.node));
        if (parent.get() == at.node.get())
            return Errno::noent; // was moved out of what the mount shows
        UK_TRY(put_name(*parent, *at.node, text));
        at.node = std::move(parent);
    }
    return ok();
}

} // namespace

Result<std::string_view> path_of(MountTable& mounts, const Place& root, const Place& place,
                                 const Ref<Node>& folder, std::span<char> room) {
    BackwardText text(room);
    Place at = place;
    Ref<Node> above = folder;
    for (;;) {
        const bool top = at.node.get() == &at.mount->root();
        if (!at.node->is_directory() && !top) {
            if (!above)
                return Errno::noent;
            UK_TRY(put_name(*above, *at.node, text));
            at.node = std::move(above);
        }
        if (at.node->is_directory())
            UK_TRY(put_names(root, at, text));
        if (at == root)
            break;
        if (!mounts.leave(at, &above))
            return Errno::noent;
    }
    if (text.empty())
        UK_TRY(text.put("/"));
    return text.text();
}

} // namespace uk::vfs
