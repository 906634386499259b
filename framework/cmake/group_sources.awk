# awk -v size=N -f group_sources.awk SOURCE...: "GROUP <tab> SOURCE", groups of at most N sources that can be
# compiled as one: no two declare the same name in an unnamed namespace. Leans on our format: what is
# declared there begins its line.

function remember(line) {
    sub(/[({=;\[].*/, "", line)
    if (line ~ /^(class|struct|enum)/) {
        sub(/^(class|struct|enum class|enum) /, "", line)
        sub(/[ :].*/, "", line)
    }
    sub(/ *$/, "", line)
    if (match(line, /[A-Za-z_0-9]+$/)) names[substr(line, RSTART)]
}

# The first group that bears it.
function place(source, group, name, fits) {
    for (group = 1; group <= groups; group++) {
        fits = members[group] < size
        for (name in names) fits = fits && !((group, name) in taken)
        if (fits) break
    }
    if (group > groups) groups = group
    members[group]++
    for (name in names) taken[group, name]
    print group "\t" source
}

FNR == 1 {
    if (source != "") place(source)
    source = FILENAME
    inside = 0
    split("", names)
}
/^namespace \{$/ { inside = 1; next }
/^\}  \/\/ namespace$/ { inside = 0 }
!inside || /^[ })#\/]/ || /^template/ || /^using [^=]*;$/ || /^using [A-Za-z]+ = std::/ || /^namespace / || /^TEST/ || /^$/ { next }
{ remember($0) }
END { if (source != "") place(source) }
