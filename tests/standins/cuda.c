/* A stand-in for libcuda.so.1. STANDIN_CUINIT: ok (default), error:CODE, hang, crash, exit,
   late-hang, late-crash (when devices are counted).
   STANDIN_GPUS, STANDIN_NAME, STANDIN_CAPABILITY and STANDIN_CUDA as in nvml.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int CUresult;
typedef int CUdevice;

static const char *setting(const char *name, const char *otherwise) {
    const char *value = getenv(name);
    return value ? value : otherwise;
}

CUresult cuInit(unsigned flags) {
    const char *how = setting("STANDIN_CUINIT", "ok");
    (void)flags;
    printf("libcuda prints to standard output\n");
    fflush(stdout);
    if (!strncmp(how, "error:", 6)) return atoi(how + 6);
    if (!strcmp(how, "hang")) sleep(3600);
    if (!strcmp(how, "crash")) *(volatile int *)0 = 1;
    if (!strcmp(how, "exit")) _exit(0);
    if (!strcmp(how, "flood")) for (int line = 0; line < 400000; line++) puts("libcuda has a lot to say about itself");
    return 0;
}
CUresult cuGetErrorName(CUresult code, const char **name) {
    switch (code) {
        case 100: *name = "CUDA_ERROR_NO_DEVICE"; return 0;
        case 802: *name = "CUDA_ERROR_SYSTEM_NOT_READY"; return 0;
        case 803: *name = "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"; return 0;
        case 804: *name = "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE"; return 0;
        case 999: *name = "CUDA_ERROR_UNKNOWN"; return 0;
        default: return 1;
    }
}
CUresult cuDriverGetVersion(int *version) { *version = atoi(setting("STANDIN_CUDA", "12040")); return 0; }
CUresult cuDeviceGetCount(int *count) {
    const char *how = setting("STANDIN_CUINIT", "ok");
    if (!strcmp(how, "late-hang")) sleep(3600);
    if (!strcmp(how, "late-crash")) *(volatile int *)0 = 1;
    *count = atoi(setting("STANDIN_GPUS", "1"));
    return 0;
}
CUresult cuDeviceGet(CUdevice *device, int index) { *device = index; return 0; }
CUresult cuDeviceGetName(char *name, int length, CUdevice device) {
    (void)device;
    snprintf(name, (size_t)length, "%s", setting("STANDIN_NAME", "NVIDIA GeForce RTX 4090"));
    return 0;
}
CUresult cuDeviceGetAttribute(int *value, int attribute, CUdevice device) {
    int major = 8, minor = 9;
    (void)device;
    sscanf(setting("STANDIN_CAPABILITY", "8.9"), "%d.%d", &major, &minor);
    *value = attribute == 75 ? major : minor;
    return 0;
}
CUresult cuDeviceTotalMem_v2(size_t *bytes, CUdevice device) { (void)device; *bytes = 24ul << 30; return 0; }
