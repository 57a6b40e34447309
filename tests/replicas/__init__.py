"""Copies of PyPI, its mirrors and PyTorch's own indexes on this machine, for real pip and real uv.

Every wheel has its real name, tags, local label and what its metadata demands of others, and is a few hundred
bytes long. Which wheel stands where follows from the tables in `envdoctor/knowledge/data`. Nothing but
127.0.0.1 is asked.

In a test:

    def test_something(replicas, tmp_path):
        argv = replicas.argv(plan_command)          # the plan's own command, with the addresses of here
        subprocess.run(argv, env=replicas.environment(tmp_path), ...)

- `replicas.at("https://pypi.tuna.tsinghua.edu.cn/simple")` is the address here of an address out there. Served are
  every mirror's index (PyPI's shape: data-requires-python, hashes, metadata files), PyTorch's own index and its
  mirrors (`.../whl/cu126/torch/`, and the root without a variant that lists them all), Aliyun's flat pages, and
  the channel conda-forge of every mirror that has it, as repodata.json.
  `.../files` of somebody's own: `replicas.extra["host/path/name.whl"] = content`.
- `replicas.argv(command)` also names the index that the command leaves to the installer's default.
- `replicas.environment(home)`: no configuration, no cache, no proxy, no variable of pip, uv or conda.
- What goes wrong, for paths that contain a fragment: `replicas.refuse("torch-2.14", status=403)`,
  `replicas.break_off(".whl", after=200)`, `replicas.stall("/torch/", seconds=60)`; `replicas.hold("torch",
  {"torch/__init__.py": "raise OSError('broken')"})` gives all wheels of a project other contents. The
  fixture heals all that after the test.
- `replicas.requests` is every path that was asked for.

`Wheel(name, version, tag, requires, requires_python, files=...)` builds a wheel of one's own: `.filename`, `.content`.
"""

from replicas.server import DEFAULT, Replicas
from replicas.wheels import Wheel

__all__ = ["DEFAULT", "Replicas", "Wheel"]
