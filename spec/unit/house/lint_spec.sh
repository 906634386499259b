#!/usr/bin/env bash
# bin/lint finds what it is there to find: each check passes on a tidy repository and fails on one
# line that breaks its rule.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/../../support/house.sh"

# A small repository that every check likes.
make_repository() {
    rm -rf "$scratch/repo"
    mkdir -p "$scratch/repo"/{framework/include/carafe,framework/src/{kafka,config,http},consumers,app/boot,spec/unit/x,bin}
    cd "$scratch/repo"
    git init -q
    cp "$root/.clang-format" "$root/.shellcheckrc" .
    printf '#pragma once\n\n#include <string>\n' >framework/include/carafe/batch.h
    printf '#include <librdkafka/rdkafka.h>\n\n#include "carafe/batch.h"\n' >framework/src/kafka/consumer.cpp
    printf '#include <yaml-cpp/yaml.h>\n' >framework/src/config/loader.cpp
    printf '#include "carafe/batch.h"\n' >consumers/order_consumer.cpp
    printf 'TEST(Pool, replaces_a_connection_that_broke) {}\n' >spec/unit/x/pool_spec.cpp
    printf '#!/usr/bin/env bash\necho "hello"\n' >bin/hello
}

# accepts CHECK / refuses CHECK FILE LINE MESSAGE: with LINE appended to FILE.
accepts() {
    make_repository
    "$root/bin/lint" "$1" --root "$scratch/repo"
}
refuses() {
    make_repository
    mkdir -p "$(dirname "$2")"
    printf '%b\n' "$3" >>"$2"
    expect_status 1 "$root/bin/lint" "$1" --root "$scratch/repo" >"$scratch/said" 2>&1
    expect_text "$4" cat "$scratch/said"
}

for check in format layering lengths specs shell; do
    it "$check accepts a tidy repository" accepts "$check"
done
it "format sees a badly set line" refuses format consumers/order_consumer.cpp 'int   f( ){return 1;}' order_consumer.cpp:2
it "layering sees librdkafka outside its folder" \
    refuses layering framework/src/http/guard.cpp '#include <librdkafka/rdkafka.h>' 'guard.cpp:1: librdkafka belongs'
it "layering sees yaml-cpp outside its folder" \
    refuses layering app/boot/boot.cpp '#include <yaml-cpp/yaml.h>' 'boot.cpp:1: yaml-cpp belongs'
it "layering sees Pistache outside its folder" \
    refuses layering app/boot/boot.cpp '  #  include <pistache/http.h>' 'boot.cpp:1: Pistache belongs'
it "layering sees Boost.Beast outside its folder" \
    refuses layering framework/src/http/a.cpp '#include <boost/beast/core.hpp>' 'a.cpp:1: Boost.Beast'
it "layering sees CLI11 outside its folder" refuses layering app/boot/a.cpp '#include <CLI/CLI.hpp>' 'a.cpp:1: CLI11 belongs'
it "layering sees SQL outside postgres and the app" \
    refuses layering framework/src/http/a.cpp '#include <pqxx/pqxx>' 'a.cpp:1: SQL belongs'
it "layering sees the framework reach for the app" \
    refuses layering framework/src/http/a.cpp '#include "app/models/order.h"' 'the framework knows nothing of the app'
it "layering sees a consumer reach for a controller" \
    refuses layering consumers/a.cpp '#include "app/controllers/orders.h"' 'consumers do not know controllers'
it "layering sees a framework include that is no file of it" \
    refuses layering framework/src/http/a.cpp '#include "order.h"' '"order.h" is no file of the framework'
it "layering sees a third-party header in a public one" \
    refuses layering framework/include/carafe/batch.h '#include <boost/json.hpp>' 'public headers of the framework'
it "layering sees a way round by ../" refuses layering consumers/a.cpp '#include "../app/x.h"' 'not by ../'
it "lengths sees a header above 160 lines" \
    refuses lengths framework/include/carafe/long.h "$(printf '//%.0s\\n' {1..161})" 'at most 160'
it "lengths sees a source above 400 lines" refuses lengths app/boot/long.cpp "$(printf '//%.0s\\n' {1..401})" 'at most 400'
it "specs sees a name that is no sentence" refuses specs spec/unit/x/pool_spec.cpp 'TEST(Pool, Works) {}' '"Works" is not a sentence'
it "specs sees a name on a line of its own" refuses specs spec/unit/x/pool_spec.cpp 'TEST_F(\n    Pool, test1) {}' '"test1" is not'
it "specs sees specs in a file of another name" \
    refuses specs spec/unit/x/pool.cpp 'TEST(Pool, opens_a_connection) {}' 'its name ends in _spec.cpp'
it "specs sees a skipped spec" refuses specs spec/unit/x/pool_spec.cpp 'void f() { GTEST_SKIP(); }' 'a spec is never skipped'
# shellcheck disable=SC2016 # a line of a script, as it is
it "shell sees an unquoted variable" refuses shell bin/hello 'rm $1' SC2086
