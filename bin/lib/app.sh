# shellcheck shell=bash
# The app's one binary and the environment it runs in.

app_binary=$CARAFE_ROOT/build/${CARAFE_PRESET:-release}/bin/shop
up_env=$CARAFE_STATE/up.env

# Beside a running bin/up, commands reach its servers without being told. What is set already wins.
load_up_env() {
    local name value
    [[ -r $up_env ]] || return 0
    while IFS='=' read -r name value; do
        [[ $name =~ ^[A-Z_]+$ && -z ${!name+set} ]] || continue
        export "$name=$value"
    done <"$up_env"
}

# exec_app ARGUMENTS...: becomes the app.
exec_app() {
    [[ -x $app_binary ]] || die "the app is not built: there is no ${app_binary#"$CARAFE_ROOT"/}. Run bin/up, or
  bin/setup && cmake --preset ${CARAFE_PRESET:-release} && cmake --build --preset ${CARAFE_PRESET:-release} --target shop"
    load_up_env
    export CARAFE_CONFIG=${CARAFE_CONFIG:-$CARAFE_ROOT/karafka.yml}
    cd "$CARAFE_ROOT" || exit
    exec "$app_binary" "$@"
}
