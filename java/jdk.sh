# Sourced by the launcher and by CI: where a JDK is that can build and run Motley.

jdk_required=25

# Whether $1 is the home of a new enough JDK. Reads its `release` file, which takes no time,
# and asks the JVM only where there is none.
is_jdk() {
    local line version=
    [[ -x $1/bin/java && -x $1/bin/javac ]] || return 1
    if [[ -r $1/release ]]; then
        while IFS= read -r line; do
            [[ $line == JAVA_VERSION=* ]] && version=${line#JAVA_VERSION=}
        done <"$1/release"
    else
        version=$("$1/bin/java" -version 2>&1) || return 1
        version=${version#*version }
    fi
    version=${version#\"}
    version=${version%%[!0-9]*}
    [[ -n $version ]] && ((version >= jdk_required))
}

# The home of the `java` on the path, with links followed; empty where there is none.
jdk_on_path() {
    local file link
    file=$(command -v java) || return 0
    while [[ -L $file ]]; do
        link=$(readlink "$file")
        [[ $link == /* ]] || link=${file%/*}/$link
        file=$link
    done
    [[ $file == */bin/java ]] && printf '%s' "${file%/bin/java}"
    return 0
}

# Prints the home of a JDK; fails where there is none.
find_jdk() {
    local home
    for home in \
        "${JAVA_HOME-}" \
        "$(jdk_on_path)" \
        /usr/lib/jvm/* \
        "${SDKMAN_DIR-$HOME/.sdkman}"/candidates/java/* \
        "$HOME"/.jdks/* \
        /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
        /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
        /Library/Java/JavaVirtualMachines/*/Contents/Home \
        "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
        /opt/jdk* /opt/java/* /usr/java/*; do
        if [[ -n $home ]] && is_jdk "$home"; then
            printf '%s' "$home"
            return 0
        fi
    done
    [[ -x /usr/libexec/java_home ]] || return 1
    home=$(/usr/libexec/java_home -v "$jdk_required+" 2>/dev/null) && is_jdk "$home" || return 1
    printf '%s' "$home"
}
