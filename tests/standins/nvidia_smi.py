"""A stand-in for nvidia-smi whose answers come from environment variables.

STANDIN_SMI: ok (default), hang, crash, flood, rubbish, error (the driver does not answer), mismatch.
STANDIN_NAME, STANDIN_CAPABILITY, STANDIN_DRIVER, STANDIN_CUDA (12040) as in nvml.c.
"""

import os
import signal
import sys
import time

HOW = os.environ.get("STANDIN_SMI", "ok")
NAME = os.environ.get("STANDIN_NAME", "NVIDIA GeForce RTX 4090")
DRIVER = os.environ.get("STANDIN_DRIVER", "550.54.14")
CUDA = int(os.environ.get("STANDIN_CUDA", "12040"))
FIELDS = {
    "index": "0",
    "count": "1",
    "name": NAME,
    "gpu_name": NAME,
    "uuid": "GPU-00000000-0000-0000-0000-000000000000",
    "pci.bus_id": "00000000:01:00.0",
    "memory.total": "24576",
    "memory.used": "512",
    "memory.free": "24064",
    "driver_version": DRIVER,
    "compute_cap": os.environ.get("STANDIN_CAPABILITY", "8.9"),
    "compute_mode": "Default",
}
UNITS = {"memory.total": " MiB", "memory.used": " MiB", "memory.free": " MiB"}
TABLE = """\
+-----------------------------------------------------------------------------------------+
| NVIDIA-SMI {driver:<22} Driver Version: {driver:<14} CUDA Version: {cuda:<8} |
|-----------------------------------------+------------------------+----------------------+
| GPU  Name                 Persistence-M | Bus-Id          Disp.A | Volatile Uncorr. ECC |
| Fan  Temp   Perf          Pwr:Usage/Cap |           Memory-Usage | GPU-Util  Compute M. |
|                                         |                        |               MIG M. |
|=========================================+========================+======================|
|   0  {name:<33}  | 00000000:01:00.0   Off |                  N/A |
| 30%   41C    P8             18W /  450W |     512MiB /  24576MiB |      0%      Default |
|                                         |                        |                  N/A |
+-----------------------------------------+------------------------+----------------------+
"""


def misbehave() -> None:
    if HOW == "hang":
        time.sleep(3600)
    if HOW == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if HOW == "error":
        print(
            "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. "
            "Make sure that the latest NVIDIA driver is installed and running."
        )
        sys.exit(9)
    if HOW == "mismatch":
        print("Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 550.54")
        sys.exit(18)
    if HOW == "flood":
        for _ in range(4096):
            sys.stdout.write("| flood |" * 2000 + "\n")
    if HOW == "rubbish":
        sys.stdout.buffer.write(b"\xff\xfe\x00{]\x1b[2Jhello" * 50)
        sys.exit(0)


def answer(fields: list[str], *, units: bool, head: bool) -> None:
    if any(field not in FIELDS for field in fields):
        unknown = next(field for field in fields if field not in FIELDS)
        print(f'Field "{unknown}" is not a valid field to query.')
        sys.exit(2)
    if head:
        print(", ".join(fields))
    print(", ".join(FIELDS[field] + (UNITS.get(field, "") if units else "") for field in fields))


def main() -> None:
    misbehave()
    form = next((word for word in sys.argv if word.startswith("--format=")), "")
    query = next((word.partition("=")[2] for word in sys.argv if word.startswith("--query-gpu=")), None)
    if query:
        answer(query.split(","), units="nounits" not in form, head="noheader" not in form)
    elif "-L" in sys.argv:
        print(f"GPU 0: {NAME} (UUID: {FIELDS['uuid']})")
    else:
        print(TABLE.format(driver=DRIVER, cuda=f"{CUDA // 1000}.{CUDA % 1000 // 10}", name=NAME[:33]))


if __name__ == "__main__":
    main()
