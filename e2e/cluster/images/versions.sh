# shellcheck shell=sh disable=SC2034
# The versions of the test bed's base images; nothing else in this folder names one.
DEBIAN_SUITE=forky
PAUSE_VERSION=3.10
RABBITMQ_VERSION=4.3.6
JDK_VERSION=25
PYTHON_VERSION=3.14
