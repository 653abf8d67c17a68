# SPDX-License-Identifier: BSD-3-Clause
# LIBUKIMAGE: room for the image's description is linked with it; what the libraries cost is written into it afterwards.

_DESCRIPTION := $(BUILD_DIR)/libukimage/description
_DESCRIPTION_TOOL := $(UK_BASE)/support/build/description.py

$(eval $(call _final,$(_DESCRIPTION).json,$(BUILD_DIR)/config.mk $(_RESPONSE) $(_DESCRIPTION_TOOL),DESCRIBE,\
    $$(UK_PYTHON) $(_DESCRIPTION_TOOL) room "$$$$OUT" $(BUILD_DIR)/config.mk $(_RESPONSE)))
$(eval $(call _final,$(_DESCRIPTION).o,$(_DESCRIPTION).json $(UK_BASE)/support/build/description.S,AS,\
    $$(CC) $$(call _both,COMPFLAGS) $$(call _archflags) -DUK_DESCRIPTION_FILE='"$(_DESCRIPTION).json"' -c $(UK_BASE)/support/build/description.S \
    -o "$$$$OUT"))

_DESCRIPTION_OBJECT := $(_DESCRIPTION).o
_DESCRIPTION_FILL := && NM='$(NM)' $(UK_PYTHON) $(_DESCRIPTION_TOOL) fill "$$OUT" $(UK_IMAGE).map
