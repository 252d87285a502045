#!/bin/sh
# Runs once, when the database container creates its cluster: a role that may replicate and read, and the right to do so
# from the compose network. The password comes from the environment and reaches psql as a variable, not as an argument.
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\getenv walkback_password WALKBACK_DATABASE_PASSWORD
CREATE ROLE walkback LOGIN REPLICATION PASSWORD :'walkback_password';
GRANT pg_monitor, pg_read_all_data TO walkback;
GRANT EXECUTE ON FUNCTION pg_switch_wal(), pg_create_restore_point(text) TO walkback;
SQL
printf 'host replication walkback samenet scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
