# shellcheck shell=bash
# Seeded bugs: patches that are put into a copy of the sources, never into the sources.

# Without fuzz: a bug in a place that only looks like its own would prove nothing.
patch_mutant() { patch -s -N -F0 -p1 "${@:2}" <"$1" 2>&1; }

# mutant_applies PATCH TREE changes nothing.
mutant_applies() { patch_mutant "$1" --dry-run -d "$2" >/dev/null; }

# apply_mutant PATCH TREE / revert_mutant PATCH TREE. False when it does not apply, with what patch said
# in TREE/patch.log.
apply_mutant() { patch_mutant "$1" -d "$2" >"$2/patch.log"; }
revert_mutant() { patch -s -R -p1 -d "$2" <"$1" >"$2/patch.log" 2>&1; }
