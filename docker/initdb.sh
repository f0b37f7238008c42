#!/bin/sh
# Run once by the postgres image: the owner of the tables, and the application's role, which owns nothing
# and so cannot step over row-level security.
set -e
psql -v ON_ERROR_STOP=1 -U postgres -v owner="$OWNER_PASSWORD" -v app="$APP_PASSWORD" <<'SQL'
create role smsplatform_owner login password :'owner';
create role smsplatform_app login password :'app';
create database smsplatform owner smsplatform_owner;
SQL
