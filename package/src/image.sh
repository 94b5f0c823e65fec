#!/bin/sh
# Completes what an operator installs: image.sh JAVA_HOME MODULES IMAGE VERSION, where IMAGE/lib has the jars.
set -eu
java_home=$1 modules=$2 image=$3 version=$4
source=$(CDPATH='' cd -- "$(dirname "$0")/../.." && pwd -P)

# Uncompressed, because the packages compress and a start is faster.
"$java_home/bin/jlink" --add-modules "$modules" --compress=0 --no-header-files --no-man-pages --output "$image/java"
cp "$source/saddlebag" "$source/LICENSE" "$source/README.md" "$source/CHANGELOG.md" "$source/SECURITY.md" "$image/"
cp -R "$source/docs" "$source/samples" "$source/package/src/systemd" "$source/cli/target/dist/share" "$image/"
find "$image/share/man" -type f ! -name '*.gz' -exec gzip -9n {} +
# The same modes, whatever the umask of whoever builds.
find "$image" -type d -exec chmod 755 {} +
find "$image" -type f -perm -u+x -exec chmod 755 {} +
find "$image" -type f ! -perm -u+x -exec chmod 644 {} +

# Debian wants one in its own form.
printf '%s\n' "saddlebag ($version) stable; urgency=medium" '' '  * See CHANGELOG.md.' '' \
    ' -- Saddlebag maintainers <maintainers@saddlebag.invalid>  Thu, 01 Jan 2026 00:00:00 +0000' |
    gzip -9n > "$image/../changelog.gz"
