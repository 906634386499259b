# shellcheck shell=bash
# Seeded bugs: patches that are put into a copy of the sources, never into the sources.

# apply_mutant PATCH TREE / revert_mutant PATCH TREE. False when it does not apply, with what patch said
# in TREE/patch.log.
# Without fuzz: a bug in a place that only looks like its own would prove nothing.
apply_mutant() { patch -s -N -F0 -p1 -d "$2" <"$1" >"$2/patch.log" 2>&1; }
revert_mutant() { patch -s -R -p1 -d "$2" <"$1" >"$2/patch.log" 2>&1; }
