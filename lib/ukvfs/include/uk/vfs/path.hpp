// SPDX-License-Identifier: BSD-3-Clause
// PathWalk: from a path to a node, or to the directory and the name where one is to be made.
//
//     uk::vfs::PathWalk walk(mounts, root, start);
//     UK_TRY(walk.begin("a/link/../b"));
//     uk::vfs::Place place = UK_TRY(walk.finish(true));
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <uk/vfs/mount.hpp>
#include <uk/vfs/mount_table.hpp>

namespace uk::vfs {

inline constexpr unsigned kMostLinks = 40; // symbolic links in one walk

// What the last component of a path is.
enum class Last : uint8_t {
    name,   // one that can be looked up
    dot,    // "."
    dotdot, // ".."
    root,   // none: the path is "/"
    jumped, // none: a link led to a place
};

// What a walk may not do; bits.
enum Limit : uint32_t {
    kNoLimits = 0,
    kNoMounts = 1,    // come to another mount: EXDEV
    kNoJumps = 2,     // follow links that lead to places, as those of /proc/self/fd: ELOOP
    kNoLinks = 4,     // follow any link, but for one at the end that is not to be followed: ELOOP
    kBelow = 8,       // leave `root`, which is `start`, by "..", absolute paths or jumps: EXDEV
    kLocalJumps = 16, // jump: EXDEV
};

// Relative paths begin at `start`, those that begin with '/' at `root`, which ".." does not leave.
// Both outlive the walk, and so does the path. Belongs to one thread, which holds no lock of a
// node. Errors of a walk: ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG, and those of Node::lookup().
class PathWalk {
  public:
    // `limits`: of Limit.
    PathWalk(MountTable& mounts, const Place& root, const Place& start, uint32_t limits = kNoLimits)
        : mounts_(mounts), root_(root), start_(start), limits_(limits) {}
    ~PathWalk();
    PathWalk(const PathWalk&) = delete;
    PathWalk& operator=(const PathWalk&) = delete;

    // Goes through all but the last component; links on the way are followed.
    [[nodiscard]] Result<> begin(std::string_view path);

    // Then: where the last component is to be looked up, a directory if last() is `name`; else what
    // the path leads to.
    [[nodiscard]] Place& folder() { return place_; }
    [[nodiscard]] Last last() const { return last_; }
    [[nodiscard]] Name name() const { return name_; }
    // A slash follows the last component, here or in a link that was the last: only a directory
    // will do.
    [[nodiscard]] bool wants_directory() const { return slash_; }

    // Looks the last component up. Fails with ENOENT where there is none. It is left in place(); if
    // it is a link, follow() may go on from there.
    [[nodiscard]] Result<Place> look_up();
    // The last component, `link`, is a symbolic link: goes on through all but the last component of
    // where it leads.
    [[nodiscard]] Result<> follow(Node& link);

    // To the end: what the path leads to; a link at its end is followed if `follow_last` or a slash
    // comes behind it. Afterwards folder() is where it was found, if last() is `name`.
    [[nodiscard]] Result<Place> finish(bool follow_last);

  private:
    // Without constructors: most walks need none of them.
    struct Rest {
        const char* text;
        size_t size;
        Node* owner; // of the text, counted; may be null
    };

    Result<> go();
    Result<> step(Name name);
    Result<Ref<Node>> look_up_node();
    Result<> enter(Node& link);
    Result<> check_jump() const;
    Result<> up();
    [[nodiscard]] bool has(Limit limit) const { return (limits_ & limit) != 0; }
    [[nodiscard]] bool too_far(const Place& from, const Place& to) const {
        return has(kNoMounts) && from.mount.get() != to.mount.get();
    }

    MountTable& mounts_;
    const Place& root_;
    const Place& start_;
    Place place_;
    std::string_view text_; // what is left
    Ref<Node> owner_;       // the link that text_ belongs to
    Name name_;
    Last last_ = Last::root;
    bool slash_ = false;
    const uint32_t limits_;
    unsigned links_ = 0;
    unsigned depth_ = 0;
    Rest rests_[kMostLinks]; // behind links in the middle
};

// The path of `place` from `root` on, into the end of `room`; returns it, without a 0 behind it.
// Of what is no directory `folder` says where it stands. Errors: ENOENT (it has no name any more,
// or is not below root), ERANGE.
[[nodiscard]] Result<std::string_view> path_of(MountTable& mounts, const Place& root,
                                               const Place& place, const Ref<Node>& folder,
                                               std::span<char> room);

} // namespace uk::vfs
