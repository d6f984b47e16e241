# linux.sh - where lesson 9 finds its kernel: what examples/linux/build makes, or a folder beside the source tree.
# linux_find FOLDER...: the first that has one; $linux_kernel is empty if none has.
linux_find() {
    linux_kernel=
    for linux_folder; do
        for linux_name in vmlinux vmlinux.stripped; do
            [ -f "$linux_folder/$linux_name" ] && linux_kernel=$(realpath "$linux_folder/$linux_name") && return
        done
    done
}
# linux_link: make the lesson's files here; copies, because a sandbox follows links.
linux_link() {
    cp "$linux_kernel" vmlinux
    cp "$(dirname "$linux_kernel")/initramfs.cpio.gz" .
}
