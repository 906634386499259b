# shellcheck shell=bash
# Seeded bugs: patches that are put into a copy of the sources, never into the sources.

# apply_mutant PATCH TREE / revert_mutant PATCH TREE. False when it does not apply, with what patch said
# in TREE/patch.log.
apply_mutant() { patch -s -N -p1 -d "$2" <"$1" >"$2/patch.log" 2>&1; }
revert_mutant() { patch -s -R -p1 -d "$2" <"$1" >"$2/patch.log" 2>&1; }
