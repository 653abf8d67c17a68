# SPDX-License-Identifier: BSD-3-Clause
# LIBUKDEBUG_SYMBOLS: the image is linked without the table of names, the table is made from that, and it is linked again.

_SYMBOLS := $(BUILD_DIR)/symbols
_symbols_tool = NM='$(NM)' OBJDUMP='$(OBJDUMP)' $(UK_PYTHON) $(UK_BASE)/support/build/symbols.py
_symbols_assemble = $(CC) $(call _both,COMPFLAGS) $(call _archflags) -c $(1) $(UK_BASE)/support/build/symbols.S -o "$$OUT"

$(eval $(call _final,$(_SYMBOLS)_none.o,$(UK_BASE)/support/build/symbols.S,AS,$$(call _symbols_assemble)))
$(eval $(call _final,$(_SYMBOLS).dbg,$(_LINK_INPUTS) $(_SYMBOLS)_none.o,LD,$$(call _link,$(_SYMBOLS)_none.o)))
$(eval $(call _final,$(_SYMBOLS).table,$(_SYMBOLS).dbg $(UK_BASE)/support/build/symbols.py,SYMBOLS,\
    $$(_symbols_tool) write $(_SYMBOLS).dbg "$$$$OUT" $(if $(CONFIG_LIBUKDEBUG_SYMBOL_LINES),--lines) --tree $(UK_BASE) && \
    mv "$$$$OUT.list" $(_SYMBOLS).table.list))
$(eval $(call _final,$(_SYMBOLS).o,$(_SYMBOLS).table $(UK_BASE)/support/build/symbols.S,AS,\
    $$(call _symbols_assemble,-DUK_SYMBOLS_FILE='"$(_SYMBOLS).table"')))

_SYMBOLS_OBJECT := $(_SYMBOLS).o
_SYMBOLS_CHECK := && $(_symbols_tool) check "$$OUT" $(_SYMBOLS).table
