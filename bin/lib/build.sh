# shellcheck shell=bash
# Configuring and building a preset of CMakePresets.json.

# build_preset PRESET TARGET...: only configures when it must; ninja notices changed CMake files
# itself, but not changed presets.
build_preset() {
    local preset=$1 folder=$CARAFE_ROOT/build/$1 log=$CARAFE_STATE/log
    shift
    if [[ ! -f $folder/build.ninja || $CARAFE_ROOT/CMakePresets.json -nt $folder/build.ninja ]]; then
        run_step "Configuring $preset" "$log/configure-$preset.log" \
            cmake -S "$CARAFE_ROOT" --preset "$preset"
        touch "$folder/build.ninja"
    fi
    run_step "Building $preset" "$log/build-$preset.log" \
        cmake --build "$folder" --parallel "${CARAFE_JOBS:-$(nproc)}" --target "$@"
}
