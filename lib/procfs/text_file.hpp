// SPDX-License-Identifier: BSD-3-Clause
// Private: files whose text is made when somebody reads them.
#pragma once

#include <uk/procfs/nodes.hpp>

namespace uk::procfs {

class TextNode : public ProcNode {
  public:
    TextNode(ProcFileSystem& file_system, vfs::Name name, uint32_t permissions, void (*how)(Text&))
        : ProcNode(file_system, vfs::NodeKind::regular, name, permissions), write_(how) {}

    [[nodiscard]] Result<Ref<File>> open(const vfs::Place& place, uint32_t flags) override;
    // Errors: ESRCH (what it is about is gone).
    [[nodiscard]] virtual Result<> write_text(Text& out) const {
        write_(out);
        return ok();
    }

  protected:
    ~TextNode() = default;
    void destroy() override {
        this->TextNode::~TextNode();
        heap::deallocate(this);
    }

  private:
    void (*write_)(Text&);
};

} // namespace uk::procfs
