/* A stand-in for libnvidia-ml.so.1 whose answers come from environment variables.

   STANDIN_NVML: ok (default), error:CODE (nvmlInit answers so), hang, crash, exit, rubbish
   STANDIN_GPUS: how many (1); STANDIN_NAME, STANDIN_CAPABILITY ("8.9"), STANDIN_DRIVER, STANDIN_CUDA (12040),
   STANDIN_MODE (compute mode), STANDIN_MIG (0 or 1), STANDIN_ECC, STANDIN_USED (bytes), STANDIN_LOST (index) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int nvmlReturn_t;
typedef struct { int index; } *nvmlDevice_t;
static struct { int index; } devices[16];

static const char *setting(const char *name, const char *otherwise) {
    const char *value = getenv(name);
    return value ? value : otherwise;
}
static long number(const char *name, long otherwise) {
    const char *value = getenv(name);
    return value ? atol(value) : otherwise;
}

nvmlReturn_t nvmlInit_v2(void) {
    const char *how = setting("STANDIN_NVML", "ok");
    if (!strncmp(how, "error:", 6)) return atoi(how + 6);
    if (!strcmp(how, "hang")) sleep(3600);
    if (!strcmp(how, "crash")) *(volatile int *)0 = 1;
    if (!strcmp(how, "exit")) _exit(0);
    if (!strcmp(how, "rubbish")) { printf("NVML says hello {}\n"); fflush(stdout); _exit(7); }
    return 0;
}
nvmlReturn_t nvmlInitWithFlags(unsigned flags) { (void)flags; return nvmlInit_v2(); }
nvmlReturn_t nvmlShutdown(void) { return 0; }
const char *nvmlErrorString(nvmlReturn_t code) {
    switch (code) {
        case 4: return "Insufficient Permissions";
        case 9: return "Driver Not Loaded";
        case 15: return "GPU is lost";
        case 18: return "Driver/library version mismatch";
        default: return "Unknown Error";
    }
}
nvmlReturn_t nvmlSystemGetDriverVersion(char *text, unsigned length) {
    snprintf(text, length, "%s", setting("STANDIN_DRIVER", "550.54.14"));
    return 0;
}
nvmlReturn_t nvmlSystemGetNVMLVersion(char *text, unsigned length) {
    snprintf(text, length, "12.%s", setting("STANDIN_DRIVER", "550.54.14"));
    return 0;
}
nvmlReturn_t nvmlSystemGetCudaDriverVersion(int *version) { *version = (int)number("STANDIN_CUDA", 12040); return 0; }
nvmlReturn_t nvmlSystemGetCudaDriverVersion_v2(int *version) { return nvmlSystemGetCudaDriverVersion(version); }
nvmlReturn_t nvmlDeviceGetCount_v2(unsigned *count) { *count = (unsigned)number("STANDIN_GPUS", 1); return 0; }
nvmlReturn_t nvmlDeviceGetHandleByIndex_v2(unsigned index, nvmlDevice_t *device) {
    if ((long)index == number("STANDIN_LOST", -1)) return 15;
    devices[index].index = (int)index;
    *device = (nvmlDevice_t)&devices[index];
    return 0;
}
nvmlReturn_t nvmlDeviceGetName(nvmlDevice_t device, char *name, unsigned length) {
    (void)device;
    snprintf(name, length, "%s", setting("STANDIN_NAME", "NVIDIA GeForce RTX 4090"));
    return 0;
}
nvmlReturn_t nvmlDeviceGetUUID(nvmlDevice_t device, char *uuid, unsigned length) {
    snprintf(uuid, length, "GPU-00000000-0000-0000-0000-00000000000%d", ((int *)device)[0]);
    return 0;
}
nvmlReturn_t nvmlDeviceGetCudaComputeCapability(nvmlDevice_t device, int *major, int *minor) {
    (void)device;
    return sscanf(setting("STANDIN_CAPABILITY", "8.9"), "%d.%d", major, minor) == 2 ? 0 : 3;
}
typedef struct { unsigned long long total, free, used; } nvmlMemory_t;
nvmlReturn_t nvmlDeviceGetMemoryInfo(nvmlDevice_t device, nvmlMemory_t *memory) {
    (void)device;
    memory->total = 24ull << 30;
    memory->used = (unsigned long long)number("STANDIN_USED", 1l << 30);
    memory->free = memory->total - memory->used;
    return 0;
}
nvmlReturn_t nvmlDeviceGetComputeMode(nvmlDevice_t device, int *mode) {
    (void)device;
    *mode = (int)number("STANDIN_MODE", 0);
    return 0;
}
nvmlReturn_t nvmlDeviceGetMigMode(nvmlDevice_t device, unsigned *current, unsigned *pending) {
    (void)device;
    if (!getenv("STANDIN_MIG")) return 3; /* not supported, as on GeForce */
    *current = *pending = (unsigned)number("STANDIN_MIG", 0);
    return 0;
}
nvmlReturn_t nvmlDeviceGetMaxMigDeviceCount(nvmlDevice_t device, unsigned *count) { (void)device; *count = 7; return 0; }
nvmlReturn_t nvmlDeviceGetMigDeviceHandleByIndex(nvmlDevice_t device, unsigned index, nvmlDevice_t *mig) {
    if ((long)index >= number("STANDIN_MIG_INSTANCES", 0)) return 6;
    *mig = device;
    return 0;
}
nvmlReturn_t nvmlDeviceGetTotalEccErrors(nvmlDevice_t device, int type, int counter, unsigned long long *count) {
    (void)device; (void)type; (void)counter;
    if (!getenv("STANDIN_ECC")) return 3;
    *count = (unsigned long long)number("STANDIN_ECC", 0);
    return 0;
}
