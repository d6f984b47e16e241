#!/bin/sh
# page_linux.sh COURSE_TEST UNDERSTUDY SOURCE LINUX... - the page of lesson 9, with the kernel of the first folder LINUX
# that has one.
course_test=$1 program=$2 source=$3
shift 3
. "$(dirname "$0")/linux.sh"
linux_find "$@"
if [ -z "$linux_kernel" ]; then
    echo "SKIPPED: no kernel: examples/linux/build makes one"
    exit 77
fi
lessons=$(mktemp -d) || exit 1
trap 'rm -rf "$lessons"' EXIT
cp -r "$source/examples/course/lessons/." "$lessons"
(cd "$lessons" && linux_link)
"$course_test" "$program" "$lessons" "$source/docs/course/9-linux.md"
