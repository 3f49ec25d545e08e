"""What callgrind has written: instructions by function, and to which part of the service a function belongs."""

import collections
import re

# The libraries that have a line of their own, by the beginning of their file's name.
LIBRARIES = {
    "libc.so": "libc", "ld-linux": "libc", "libm.so": "libc", "libpthread": "libc", "libcrypto": "OpenSSL", "libssl": "OpenSSL",
    "libpq": "libpq", "libhiredis": "hiredis", "libswift_Concurrency": "Swift tasks", "libdispatch": "libdispatch",
    "libFoundation": "Foundation", "lib_Foundation": "Foundation",
}
# What follows the name of a structure, class, enumeration or protocol in a mangled name.
KINDS = ("V", "C", "O", "P")
# C and C++ code within the service's program, by the beginning of a function's name; the first that fits.
WITHIN = {
    "CNIO": "NIO", "c_nio": "NIO", "swift_task": "Swift tasks", "swift_job": "Swift tasks", "swift_continuation": "Swift tasks",
    "_ZN5swift9AsyncTask": "Swift tasks", "_ZN5swift": "Swift's runtime", "_ZNK5swift": "Swift's runtime",
    "_ZNR5swift": "Swift's runtime", "_ZL": "Swift's runtime", "swift_": "Swift's runtime", "_swift": "Swift's runtime",
}


def read(path):
    """Instructions by (object, function), each function's own, from one of callgrind's files."""
    names = {"ob": {}, "fn": {}}
    own = collections.Counter()
    now = {"ob": None, "fn": None}
    is_call = False

    def name(kind, text):
        # "(12) name" the first time, "(12)" from then on.
        number, _, spelled = text.partition(" ")
        if spelled:
            names[kind][number] = spelled
        return names[kind][number]

    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            key, is_assigned, value = line.rstrip("\n").partition("=")
            if is_assigned and key in now:
                now[key] = name(key, value)
            elif is_assigned and key in ("cob", "cfn"):
                name(key[1:], value)
            elif is_assigned and key == "calls":
                is_call = True
            elif line[0] in "0123456789+-*":
                # The line after a call has what the callee took, which is counted where it happened.
                fields = line.split()
                if not is_call and len(fields) > 1:
                    own[now["ob"], now["fn"]] += int(fields[1])
                is_call = False
    return own


def swift_module(symbol):
    """The module that a mangled Swift name begins with: where the function stands, or for an extension the module that it
    stands in. None for the standard library's, which are here because they were specialized into another module."""
    # $s, a type of the standard library's for an extension of it, then words with their length before them.
    start = re.match(r"\$s(S[a-zA-Z]|s\d+)?", symbol)
    place, module = start.end(), None
    if (start[1] or "").startswith("s"):
        place += int(start[1][1:])
        place += symbol[place:place + 1] in KINDS
    is_foreign = bool(start[1])
    while length := re.match(r"\d+", symbol[place:]):
        place += length.end()
        word = symbol[place:place + int(length[0])]
        place += int(length[0])
        if symbol[place:place + 1] == "E":
            return word
        if is_foreign:
            return None
        module = module or word
        place += symbol[place:place + 1] in KINDS
    return module


def part(object_, function, program, targets):
    """Where a function's instructions are put. `program`: the service's path; `targets`: its modules of ours."""
    library = (object_ or "").rsplit("/", 1)[-1]
    if object_ == program:
        if not function.startswith("$s"):
            return next((name for start, name in WITHIN.items() if function.startswith(start)), "rest of the program")
        module = swift_module(function)
        if module in targets:
            return module
        if module is None:
            return "Swift's library, specialized"
        return "NIO" if module.startswith("NIO") else "other packages"
    if library.startswith("libswiftCore"):
        return "Swift's library" if function.startswith("$s") else "Swift's runtime"
    return next((name for start, name in LIBRARIES.items() if library.startswith(start)), "rest")


def by_part(own, program, targets):
    parts = collections.Counter()
    for (object_, function), count in own.items():
        parts[part(object_, function, program, targets)] += count
    return parts
