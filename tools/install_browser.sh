#!/bin/sh
# Chromium, Chinese fonts and a reader of PDFs for the tests, from Debian's packages, when we may install.
set -u
missing=
command -v chromium >/dev/null || missing="$missing chromium"
fc-list :lang=zh 2>/dev/null | grep -q . || missing="$missing fonts-noto-cjk"
command -v pdftotext >/dev/null || missing="$missing poppler-utils"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "installing$missing"
  (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing) >/dev/null ||
    echo "could not install$missing; tests that need them will be skipped"
else
  echo "missing$missing (not root, so not installed); tests that need them will be skipped"
fi
exit 0
