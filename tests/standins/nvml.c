/* A stand-in for libnvidia-ml.so.1 whose answers come from environment variables.

   STANDIN_NVML: ok (default), error:CODE (nvmlInit answers so), hang, crash, exit, rubbish, chatty, flood,
                 count:CODE (nvmlDeviceGetCount answers so), late-hang, late-crash (in the first GPU's name)
   STANDIN_GPUS: how many (1); STANDIN_NAME, STANDIN_CAPABILITY ("8.9"), STANDIN_DRIVER, STANDIN_CUDA (12040),
   STANDIN_MODE (compute mode), STANDIN_MIG (0 or 1), STANDIN_MIG_INSTANCES, STANDIN_ECC, STANDIN_USED (bytes),
   STANDIN_LOST (index), STANDIN_PID (a process of that number), STANDIN_PROCESS (its name),
   STANDIN_FABRIC (state), STANDIN_OLD (lacks what came with driver 510) */
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
    if (!strcmp(how, "chatty")) { printf("{\"state\": \"error\"}\n"); fflush(stdout); }
    if (!strcmp(how, "flood")) for (int line = 0; line < 400000; line++) puts("NVML has a lot to say about itself");
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
nvmlReturn_t nvmlDeviceGetCount_v2(unsigned *count) {
    const char *how = setting("STANDIN_NVML", "ok");
    *count = (unsigned)number("STANDIN_GPUS", 1);
    return strncmp(how, "count:", 6) ? 0 : atoi(how + 6);
}
nvmlReturn_t nvmlDeviceGetHandleByIndex_v2(unsigned index, nvmlDevice_t *device) {
    if ((long)index == number("STANDIN_LOST", -1)) return 15;
    devices[index].index = (int)index;
    *device = (nvmlDevice_t)&devices[index];
    return 0;
}
nvmlReturn_t nvmlDeviceGetName(nvmlDevice_t device, char *name, unsigned length) {
    const char *how = setting("STANDIN_NVML", "ok");
    (void)device;
    if (!strcmp(how, "late-hang")) sleep(3600);
    if (!strcmp(how, "late-crash")) *(volatile int *)0 = 1;
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
typedef struct {
    char legacy[16];
    unsigned domain, bus, device, id, subsystem;
    char text[32];
} nvmlPciInfo_t;
nvmlReturn_t nvmlDeviceGetPciInfo_v3(nvmlDevice_t device, nvmlPciInfo_t *pci) {
    memset(pci, 0, sizeof *pci);
    snprintf(pci->text, sizeof pci->text, "00000000:%02X:00.0", ((int *)device)[0] + 1);
    return 0;
}
/* The first version counts what the driver reserves as used; the second tells it apart. */
#define RESERVED (300ull << 20)
typedef struct { unsigned long long total, free, used; } nvmlMemory_t;
typedef struct { unsigned version; unsigned long long total, reserved, free, used; } nvmlMemory_v2_t;
nvmlReturn_t nvmlDeviceGetMemoryInfo(nvmlDevice_t device, nvmlMemory_t *memory) {
    (void)device;
    memory->total = 24ull << 30;
    memory->used = (unsigned long long)number("STANDIN_USED", 1l << 30) + RESERVED;
    memory->free = memory->total - memory->used;
    return 0;
}
nvmlReturn_t nvmlDeviceGetMemoryInfo_v2(nvmlDevice_t device, nvmlMemory_v2_t *memory) {
    (void)device;
    if (getenv("STANDIN_OLD") || memory->version != 0x02000028) return 25;
    memory->total = 24ull << 30;
    memory->reserved = RESERVED;
    memory->used = (unsigned long long)number("STANDIN_USED", 1l << 30);
    memory->free = memory->total - memory->used - memory->reserved;
    return 0;
}
typedef struct { unsigned pid; unsigned long long memory; unsigned gpu, compute; } nvmlProcessInfo_t;
nvmlReturn_t nvmlDeviceGetComputeRunningProcesses_v3(nvmlDevice_t device, unsigned *count, nvmlProcessInfo_t *rows) {
    unsigned room = *count;
    (void)device;
    *count = getenv("STANDIN_PID") ? 1 : 0;
    if (*count > room) return 7;
    if (*count) {
        rows[0].pid = (unsigned)number("STANDIN_PID", 0);
        rows[0].memory = 512ull << 20;
        rows[0].gpu = rows[0].compute = ~0u;
    }
    return 0;
}
nvmlReturn_t nvmlSystemGetProcessName(unsigned pid, char *name, unsigned length) {
    (void)pid;
    if (!getenv("STANDIN_PROCESS")) return 6;
    snprintf(name, length, "%s", getenv("STANDIN_PROCESS"));
    return 0;
}
typedef struct { unsigned char cluster[16]; unsigned status, clique; unsigned char state; } nvmlGpuFabricInfo_t;
nvmlReturn_t nvmlDeviceGetGpuFabricInfo(nvmlDevice_t device, nvmlGpuFabricInfo_t *info) {
    (void)device;
    if (!getenv("STANDIN_FABRIC")) return 3;
    memset(info, 0, sizeof *info);
    info->state = (unsigned char)number("STANDIN_FABRIC", 0);
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
