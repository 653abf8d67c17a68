# SPDX-License-Identifier: BSD-3-Clause
# Upstream archives: fetch, patch. `make fetch` gets all of them; a build gets what it needs.

UK_PREPARED :=
