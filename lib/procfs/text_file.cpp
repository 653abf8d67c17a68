// SPDX-License-Identifier: BSD-3-Clause
// Reading files of /proc: the text is that of the moment when its beginning was read, so whoever
// reads on sees one text, and whoever goes back to the beginning a new one.
#include "text_file.hpp"

#include <uk/base/minmax.hpp>
#include <uk/vfs/open_node.hpp>

namespace uk::procfs {

namespace {

class TextFile final : public vfs::OpenNode {
  public:
    TextFile(const vfs::Place& place, uint32_t flags) : OpenNode(place, flags) {}

  private:
    Result<size_t> do_read(IoPieces& to, FileIo& io) override {
        if (is_path_only())
            return Errno::badf;
        LockGuard guard(lock_);
        if (io.offset == 0 || !written_) {
            text_.clear();
            written_ = false;
            UK_TRY(static_cast<TextNode&>(node()).write_text(text_));
            written_ = true;
        }
        if (text_.error() != Errno::ok)
            return text_.error();
        const std::string_view text = text_.view();
        if (io.offset >= text.size())
            return size_t{0};
        const size_t count = min(to.left(), text.size() - static_cast<size_t>(io.offset));
        UK_TRY(to.put(text.data() + io.offset, count));
        return count;
    }
    Result<size_t> do_write(IoPieces& /*from*/, FileIo& /*io*/) override { return Errno::inval; }
    void destroy() override {
        this->~TextFile();
        heap::deallocate(this);
    }

    Mutex lock_{"text of /proc"};
    Text text_;
    bool written_ = false;
};

} // namespace

Result<Ref<File>> TextNode::open(const vfs::Place& place, uint32_t flags) {
    return vfs::make_open_node<TextFile>(place, flags);
}

} // namespace uk::procfs
