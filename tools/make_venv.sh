#!/bin/sh
# Make the virtual environment. Debian keeps the venv module's pip in a package of its own: install it when we may.
set -eu
python=$1
venv=$2
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "Python 3.11 or later is needed, $python is $("$python" --version)." >&2
  exit 1
fi
if "$python" -m venv "$venv" >/dev/null 2>&1; then
  exit 0
fi
rm -rf "$venv"
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv) >/dev/null
  exec "$python" -m venv "$venv"
fi
echo "Python's venv module is missing. Install it: apt-get install python3-venv" >&2
exit 1
