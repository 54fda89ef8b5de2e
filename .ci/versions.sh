# shellcheck shell=bash
# shellcheck disable=SC2034 # read by the scripts beside this file
# The oldest tools that will do, and what is fetched where the distribution's are older than that.

OLDEST_JDK=21   # maven.compiler.release in pom.xml, and the rule in it
OLDEST_GO=1.21  # the first that fetches by itself the version that a go.mod asks for
GO_OF_PYPI=1.26.6
JDK_OF_DEBIAN=trixie

CACHE=${WARREN_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/warren}
GO_IN_CACHE=$CACHE/go-$GO_OF_PYPI
JDK_IN_CACHE=$CACHE/jdk-$JDK_OF_DEBIAN

at_least() { # VERSION OLDEST
  [[ $(printf '%s\n' "$1" "$2" | sort --version-sort | head -n 1) == "$2" ]]
}
