"""A conda of fifty lines for tests: packages are folders of files, installed by hard links as conda does.

STANDIN_PACKAGES is a folder of folders, one a package ("pytorch-2.9.9"). `install` takes out what has the same
name, links the new files, writes conda-meta and appends to its history in place. STANDIN_FAIL makes it fail
after that. `create` makes the prefix a virtual environment of the running Python first.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

STORE = Path(os.environ["STANDIN_PACKAGES"])


def remove(prefix: Path, name: str) -> None:
    for record in (prefix / "conda-meta").glob(f"{name}-*.json"):
        for file in json.loads(record.read_text())["files"]:
            (prefix / file).unlink()
        record.unlink()


def link(prefix: Path, package: str) -> None:
    remove(prefix, package.rpartition("-")[0])
    source = STORE / package
    files = [str(each.relative_to(source)) for each in sorted(source.rglob("*")) if each.is_file()]
    for file in files:
        target = prefix / file.replace("SITE", site(prefix))
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(source / file, target)
    installed = [file.replace("SITE", site(prefix)) for file in files]
    record = {"name": package.rpartition("-")[0], "files": installed}
    (prefix / "conda-meta" / f"{package}-0.json").write_text(json.dumps(record))


def site(prefix: Path) -> str:
    return f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"


def main() -> None:
    action = sys.argv[1]
    if action == "info":
        print(json.dumps({"envs_dirs": [os.environ["STANDIN_ENVS"]]}))
        return
    prefix = Path(sys.argv[sys.argv.index("-p") + 1])
    if action == "create":
        assert not prefix.exists()
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(prefix)], check=True)
        (prefix / "pyvenv.cfg").write_text((prefix / "pyvenv.cfg").read_text())
        (prefix / "conda-meta").mkdir()
    with open(prefix / "conda-meta" / "history", "a") as history:
        history.write(f"# cmd: {sys.argv}\n")
    wanted = {spec.partition("=")[0] for spec in sys.argv}
    for package in sorted(each.name for each in STORE.iterdir()):
        if package.rpartition("-")[0] in wanted:
            print(f"Executing transaction: {package}", flush=True)
            link(prefix, package)
    if os.environ.get("STANDIN_FAIL"):
        shutil.rmtree(prefix / "lib" / "half", ignore_errors=True)
        sys.exit("CondaError: the transaction failed")


main()
