#!/bin/sh
# A harmless installer for the demonstration: called as `install.sh PACKAGE`, it copies the package to
# $OMADM_DEMO_DIR/device/image, where a real one would write it to the inactive slot, and prints the version it found
# in the package's first line, as dm-client expects it: version=…
# Exit status 2 says: not a package for this device. See INSTALLERS in dm-client(1).
set -eu
package=$1
version=$(head -n 1 "$package" | sed -n 's/^DEMO-FIRMWARE //p')
if [ -z "$version" ]; then
  echo "install.sh: $package does not begin with DEMO-FIRMWARE" >&2
  exit 2
fi
mkdir -p "$OMADM_DEMO_DIR/device"
cp "$package" "$OMADM_DEMO_DIR/device/image.part"
mv "$OMADM_DEMO_DIR/device/image.part" "$OMADM_DEMO_DIR/device/image"
echo "version=$version"
