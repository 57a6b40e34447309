"""Asks CUDA's driver library to initialise and says what it answered. For Python 3.6 and up."""

import ctypes
import json
import os
import sys

TOKEN = sys.argv[1]
ANSWER = os.dup(1)
os.dup2(2, 1)
ATTRIBUTE_MAJOR, ATTRIBUTE_MINOR = 75, 76  # CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, _MINOR
MAX_DEVICES = 64


def say(data, kind="part"):
    os.write(ANSWER, ("\n%s:%s %s\n" % (TOKEN, kind, json.dumps(data))).encode("ascii"))


def loaded_file(library, name):
    """The file that the loader really took."""
    if sys.platform == "win32":
        path = ctypes.create_unicode_buffer(1024)
        kernel = ctypes.WinDLL("kernel32")
        length = kernel.GetModuleFileNameW(ctypes.c_void_p(library._handle), path, len(path))
        return path.value if length else name
    try:
        with open("/proc/self/maps", errors="replace") as maps:
            for row in maps:
                path = row.rstrip("\n").partition("/")[2]
                if path and name in path:
                    return "/" + path
    except OSError:
        pass
    return None


def load():
    if sys.platform == "win32":
        cuda = ctypes.WinDLL("nvcuda.dll")
        return cuda, loaded_file(cuda, "nvcuda.dll")
    cuda = ctypes.CDLL("libcuda.so.1")
    return cuda, loaded_file(cuda, "libcuda.so")


def text(cuda, code):
    pointer = ctypes.c_char_p()
    try:
        if cuda.cuGetErrorName(code, ctypes.byref(pointer)) == 0 and pointer.value:
            return pointer.value.decode("ascii", "replace")
    except AttributeError:
        pass
    return "CUresult %d" % code


def devices(cuda):
    count = ctypes.c_int(0)
    cuda.cuDeviceGetCount(ctypes.byref(count))
    found = []
    for index in range(min(count.value, MAX_DEVICES)):
        device, name = ctypes.c_int(0), ctypes.create_string_buffer(256)
        if cuda.cuDeviceGet(ctypes.byref(device), index) != 0:
            continue
        cuda.cuDeviceGetName(name, 255, device)
        numbers = []
        for attribute in (ATTRIBUTE_MAJOR, ATTRIBUTE_MINOR):
            value = ctypes.c_int(-1)
            cuda.cuDeviceGetAttribute(ctypes.byref(value), attribute, device)
            numbers.append(value.value)
        memory = ctypes.c_size_t(0)
        cuda.cuDeviceTotalMem_v2(ctypes.byref(memory), device)
        row = {"index": index, "name": name.value.decode("utf-8", "replace"), "kind": "cuda"}
        if min(numbers) >= 0:
            row["capability"] = "%d.%d" % tuple(numbers)
        if memory.value:
            row["memory_total"] = memory.value
        found.append(row)
    return count.value, found


def main():
    try:
        cuda, path = load()
    except OSError as error:
        say({"state": "library-missing", "message": str(error)[:500]}, "done")
        return
    say({"library": path})
    code = cuda.cuInit(0)
    if code != 0:
        say({"state": "error", "code": code, "message": text(cuda, code)}, "done")
        return
    version = ctypes.c_int(0)
    cuda.cuDriverGetVersion(ctypes.byref(version))
    say({"state": "ok", "code": 0, "cuda_version": "%d.%d" % (version.value // 1000, version.value % 1000 // 10)})
    count, found = devices(cuda)
    say({"device_count": count, "devices": found}, "done")


main()
os._exit(0)
