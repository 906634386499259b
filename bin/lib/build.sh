# shellcheck shell=bash
# Configuring and building a preset of CMakePresets.json.

# What one checkout has compiled, ccache gives to every other.
export CCACHE_BASEDIR=$CARAFE_ROOT CCACHE_NOHASHDIR=1
# Without this ccache keeps nothing that was compiled with precompiled headers.
export CCACHE_SLOPPINESS=pch_defines,time_macros

# configure_preset PRESET: only when it must; ninja notices changed CMake files itself, but not
# changed presets.
configure_preset() {
    local folder=$CARAFE_ROOT/build/$1
    if [[ ! -f $folder/build.ninja || $CARAFE_ROOT/CMakePresets.json -nt $folder/build.ninja ]]; then
        run_step "Configuring $1" "$CARAFE_STATE/log/configure-$1.log" \
            cmake -S "$CARAFE_ROOT" --preset "$1"
        touch "$folder/build.ninja"
    fi
}

# build_preset PRESET TARGET...
build_preset() {
    local preset=$1
    shift
    configure_preset "$preset"
    run_step "Building $preset" "$CARAFE_STATE/log/build-$preset.log" \
        cmake --build "$CARAFE_ROOT/build/$preset" --parallel "${CARAFE_JOBS:-$(nproc)}" --target "$@"
}
