#!/usr/bin/env bash
# Installs what the tests need beside Go: a C compiler (SQLite), Node and Chromium (tests
# of pages and outside clients), LibreOffice and poppler (tests that open documents). As
# root on Debian it installs what is absent; otherwise it says what is missing, and the
# tests that need it skip, or fail where HUIYING_TEST_ALL is set.
set -euo pipefail

needed_go=1.26

have() { command -v "$1" >/dev/null 2>&1; }

if ! have go; then
  echo "needs: Go $needed_go or later is not installed; see https://go.dev/doc/install" >&2
  exit 1
fi
version=$(go env GOVERSION)
version=${version#go}
if [ "$(printf '%s\n%s\n' "$needed_go" "$version" | sort -V | head -n 1)" != "$needed_go" ]; then
  echo "needs: Go $needed_go or later is needed, this is $version; see https://go.dev/doc/install" >&2
  exit 1
fi

missing=()
have gcc || missing+=(gcc libc6-dev)
have node || missing+=(nodejs)
have npm || missing+=(npm)
have chromium || have chromium-browser || have google-chrome || missing+=(chromium fonts-noto-cjk)
have soffice || missing+=(libreoffice-writer-nogui libreoffice-calc-nogui fonts-noto-cjk)
have pdftotext || missing+=(poppler-utils)

# packages of npm that play the outside world in tests (internal/outside)
packages() {
  local dir
  dir="$(dirname "$0")/../internal/outside/npm"
  if have npm && [ ! "$dir/node_modules/.package-lock.json" -nt "$dir/package-lock.json" ]; then
    echo "needs: installing packages of npm for internal/outside"
    npm --prefix "$dir" ci --no-audit --no-fund --silent ||
      echo "needs: npm could not fetch them; the tests in internal/outside will skip" >&2
  fi
}

if [ ${#missing[@]} -eq 0 ]; then
  packages
  exit 0
fi

if [ "$(id -u)" -ne 0 ] || ! have apt-get; then
  echo "needs: not installed: ${missing[*]}. Install them to run every test, e.g.: sudo apt-get install ${missing[*]}" >&2
  packages
  have gcc && exit 0
  echo "needs: without a C compiler nothing can be built" >&2
  exit 1
fi

echo "needs: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null

# Debian 12 has Node 18; 20 comes as a package of the npm registry.
major=$(node -p 'process.versions.node.split(".")[0]')
if [ "$major" -lt 20 ]; then
  npm install --global --no-audit --no-fund node@20
  hash -r
fi
echo "needs: node $(node --version)"
packages
