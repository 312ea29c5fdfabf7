#!/bin/sh
# Installs Debian's WordPress and MariaDB, and serves a fresh site on the loopback.
#
#   start.sh FOLDER [PORT]
#
# FOLDER gets the database, the site and `application-password`; PORT defaults to 8081,
# the database takes PORT + 1000. Needs root for apt; a second call in the same FOLDER
# starts what is there. Stop it with the ids in FOLDER/pids.
set -eu
folder=$(realpath -m "$1")
port=${2:-8081}
database_port=$((port + 1000))
here=$(dirname "$(realpath "$0")")

if ! dpkg -s wordpress mariadb-server php-cli >/dev/null 2>&1; then
    apt-get -o DPkg::Lock::Timeout=900 update
    # Without recommendations there is no web server; the daemons stay stopped.
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=900 install -y \
        --no-install-recommends wordpress mariadb-server php-cli php-mysql php-gd \
        php-curl php-xml php-mbstring
fi

mkdir -p "$folder/database"
is_new=no
if [ ! -d "$folder/site" ]; then
    is_new=yes
    mkdir "$folder/site"
    cp -rL /usr/share/wordpress/. "$folder/site/"
    mariadb-install-db --no-defaults --user="$(id -un)" --datadir="$folder/database" \
        --auth-root-authentication-method=normal --skip-test-db >/dev/null
fi

/usr/sbin/mariadbd --no-defaults --user="$(id -un)" --datadir="$folder/database" \
    --socket="$folder/database.sock" --pid-file="$folder/database.pid" \
    --bind-address=127.0.0.1 --port="$database_port" \
    --innodb-buffer-pool-size=64M >"$folder/database.log" 2>&1 &
echo $! >"$folder/pids"
until mariadb --no-defaults -S "$folder/database.sock" -uroot -e 'select 1' \
    >/dev/null 2>&1; do sleep 1; done

if [ $is_new = yes ]; then
    mariadb --no-defaults -S "$folder/database.sock" -uroot -e "
        create database wp character set utf8mb4;
        create user wp@127.0.0.1 identified by 'wp';
        create user wp@localhost identified by 'wp';
        grant all on wp.* to wp@127.0.0.1;
        grant all on wp.* to wp@localhost;"
    sed -e "s/@DATABASE_PORT@/$database_port/" -e "s/@PORT@/$port/" \
        "$here/wp-config.php" >"$folder/site/wp-config.php"
    cp "$here/router.php" "$here/setup.php" "$folder/site/"
    (cd "$folder/site" && php setup.php) >"$folder/application-password"
fi

php -S "127.0.0.1:$port" -t "$folder/site" "$folder/site/router.php" \
    >"$folder/site.log" 2>&1 &
echo $! >>"$folder/pids"
until php -r "exit(@file_get_contents('http://127.0.0.1:$port/wp-json/') ? 0 : 1);"; do
    sleep 1
done
echo "WordPress answers on http://127.0.0.1:$port"
