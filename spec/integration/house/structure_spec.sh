#!/usr/bin/env bash
# db/structure.sql is what the migrations make; it is what people read and review.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/../../support/house.sh"

: "${DATABASE_URL:?set DATABASE_URL or run bin/test}"
export CARAFE_CONFIG=$root/karafka.yml
shop=$root/build/${CARAFE_PRESET:-dev}/bin/shop
server_url=$DATABASE_URL
database=carafe_structure_$$
DATABASE_URL=$(sed -E "s#^([a-z]+://[^/?]*)(/[^?]*)?#\1/$database#" <<<"$server_url")
export DATABASE_URL

drop_database() { psql -q "$server_url" -c "DROP DATABASE IF EXISTS $database" 2>/dev/null; }

structure_is_current() {
    "$shop" db create
    "$shop" db migrate
    "$shop" db structure --check
}
a_change_is_noticed() {
    psql -q "$DATABASE_URL" -c 'ALTER TABLE stock ADD COLUMN colour text'
    expect_status 1 "$shop" db structure --check
}
migrations_can_be_taken_back() {
    psql -q "$DATABASE_URL" -c 'ALTER TABLE stock DROP COLUMN colour'
    "$shop" db rollback --steps 4
    "$shop" db migrate
    "$shop" db structure --check
}

it 'db/structure.sql is what the migrations make' structure_is_current
it 'a database that differs from db/structure.sql is noticed' a_change_is_noticed
it 'migrations taken back and applied again leave the same structure' migrations_can_be_taken_back
drop_database
