"""What must not be seen by others never is, however it is written."""

from __future__ import annotations

import json
import string
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envdoctor.redact import Redactor, redactor_for, redactor_for_text, without_credentials

if TYPE_CHECKING:
    from tests.recorded import RecordedOutside


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://anna:s3cret@host/simple", "https://host/simple"),
        ("https://TOKEN@host/simple", "https://host/simple"),
        ("http://anna:p@ss:w@proxy:8080", "http://proxy:8080"),
        ("http://anna:pa/ss@proxy:8080/", "http://proxy:8080/"),
        ("git+ssh://git@host/repo.git@v1", "git+ssh://host/repo.git@v1"),
        ("see https://a:b@h/ and https://c:d@i/", "see https://h/ and https://i/"),
        ('{"url": "https:\\/\\/a:b@h\\/x"}', '{"url": "https:\\/\\/h\\/x"}'),
        ("https://h/x?token=abc&y=1", "https://h/x?token=***&y=1"),
        ("https://h/x?X-Amz-Signature=abc#sha256=1", "https://h/x?X-Amz-Signature=***#sha256=1"),
        ("https://h/x?a=1&access_token=abc", "https://h/x?a=1&access_token=***"),
        ("https://h/x?sig=a%2Bb&sv=1", "https://h/x?sig=***&sv=1"),
        ("https://h/t/ab-1234567/forge", "https://h/t/***/forge"),
        ("token ghp_abcdefghijklmnop1234", "token ***"),
        ("Authorization: Basic YW5uYTpzZWNyZXQ=", "Authorization: Basic ***"),
        ("HF_TOKEN=abcd1234", "HF_TOKEN=***"),
        ("export AWS_SECRET_ACCESS_KEY='aB3/x+y=='", "export AWS_SECRET_ACCESS_KEY='***'"),
        ("password = hunter2", "password = ***"),
        ('"api_key": "abcd1234"', '"api_key": "***"'),
        ("WANDB_API_KEY: 0123456789", "WANDB_API_KEY: ***"),
        ("sk-proj-abcdefghijklmnopqrstuv", "***"),
        ("xoxb-1234567890-abc", "***"),
        ("x eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSM y", "x *** y"),
    ],
)
def test_credentials_are_cut(text: str, shown: str) -> None:
    assert without_credentials(text) == shown
    assert without_credentials(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "https://download.pytorch.org/whl/cu126",
        "https://host:8080/a@1.0/x",
        "https://host/@scope/name",
        "https://h/torch.whl#sha256=abc",
        "anna@example.org wrote torch==2.9.1+cu128",
        "https://h/x?page=2&sort=key",
        "C:\\Users\\x\\t\\y",
        "torch @ file:///tmp/torch.whl",
        "tokenizers==0.19.1",
        "Unexpected token: please report",
        "KeyError: 'token'",
        "SyntaxError: invalid token",
        "bos_token=<s>",
        "token_count=12345",
        "secretstorage>=3.3",
        "sk-learn",
    ],
)
def test_what_is_no_credential_stays(text: str) -> None:
    assert without_credentials(text) == text


secret_text = st.text(string.ascii_letters + string.digits + "-_.~!$&'()*+,;=%", min_size=6, max_size=20)
host_text = st.from_regex(r"[a-z][a-z0-9]{2,10}(\.[a-z]{2,5}){0,2}(:[1-9][0-9]{1,3})?", fullmatch=True)


@given(
    scheme=st.sampled_from(["http", "https", "git+https", "socks5h", "ftp"]),
    user=secret_text,
    password=st.none() | secret_text.filter(lambda text: "'" not in text),
    host=host_text,
    around=st.sampled_from(["{}", "index-url = {}", '"{}"', "({})", "a={} b"]),
)
def test_no_login_survives(scheme: str, user: str, password: str | None, host: str, around: str) -> None:
    user = user.replace("'", "x")
    login = user if password is None else f"{user}:{password}"
    shown = without_credentials(around.format(f"{scheme}://{login}@{host}/simple"))
    assert shown == around.format(f"{scheme}://{host}/simple")


@given(st.text(max_size=80))
def test_cutting_twice_cuts_no_more(text: str) -> None:
    once = without_credentials(text)
    assert without_credentials(once) == once


ANNA = Redactor(["/home/anna"], ["anna"], ["annas-box", "annas-box.lab.example"])
LEE = Redactor([r"C:\Users\Anna Lee"], ["Anna Lee"], ["DESKTOP-1AB2C3"])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/home/anna/env/bin/python", "~/env/bin/python"),
        ("in /home/anna.", "in ~."),
        ("'/home/anna'", "'~'"),
        ("/home/anna2/env", "/home/<user>/env"),
        ("/home/anna-old", "/home/<user>"),
        ("/Users/bob/x and /home/eve", "/Users/<user>/x and /home/<user>"),
        ("/scratch/anna/envs", "/scratch/<user>/envs"),
        ("/scratch/anna", "/scratch/<user>"),
        ("/scratch/annabel", "/scratch/annabel"),
        ("anna is a name", "anna is a name"),
        ("/usr/lib/home/x", "/usr/lib/home/x"),
        ("/Users/Shared/x", "/Users/Shared/x"),
        ("on annas-box:", "on <host>:"),
        ("on ANNAS-BOX.lab.example now", "on <host> now"),
        ("annas-box2", "annas-box2"),
        ("/mnt/c/Users/Bob/x", "/mnt/c/Users/<user>/x"),
        ("GPU-1a2b3c4d-1111-2222-3333-444455556666", "GPU-1a2b..."),
        ("MIG-1a2b3c4d-1111-2222-3333-444455556666", "MIG-1a2b..."),
        ("GPU-1a2b", "GPU-1a2b"),
        (
            "    Serial Number                         : 1324821024812",
            "    Serial Number                         : ***",
        ),
        ('"serial": "0324718040731"', '"serial": "***"'),
        ("Serial Number : N/A", "Serial Number : N/A"),
        ("pyserial==3.5", "pyserial==3.5"),
        ("serial: true", "serial: true"),
    ],
)
def test_posix_names(text: str, shown: str) -> None:
    assert ANNA.text(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"C:\Users\Anna Lee\env\python.exe", r"~\env\python.exe"),
        (r"c:\users\ANNA LEE\env", r"~\env"),
        ("C:/Users/Anna Lee/env", "~/env"),
        (r"C:\\Users\\Anna Lee\\env", r"~\\env"),
        (r"C:\Users\Bob\env", r"C:\Users\<user>\env"),
        (r"C:\Users\Bob Ray\env", r"C:\Users\<user>\env"),
        (r"D:\Users\Bob, and", r"D:\Users\<user>, and"),
        (r"C:\Users\Public\x", r"C:\Users\Public\x"),
        (r"D:\Anna Lee\x", r"D:\<user>\x"),
        ("desktop-1ab2c3", "<host>"),
    ],
)
def test_windows_names(text: str, shown: str) -> None:
    assert LEE.text(text) == shown


names = st.from_regex(r"[a-z][a-z0-9_-]{3,11}", fullmatch=True).filter(
    lambda name: name not in ("home", "user")
)
tails = st.lists(
    st.from_regex(r"[a-z0-9_.]{1,8}", fullmatch=True).filter(lambda part: part.strip(".")), max_size=3
)
systems = st.sampled_from(
    [("/home/{}", "/"), ("/Users/{}", "/"), (r"C:\Users\{}", "\\"), ("D:/Users/{}", "/")]
)


@given(name=names, host=names, parts=tails, system=systems, quoted=st.booleans())
def test_no_name_survives_in_a_path(
    name: str, host: str, parts: list[str], system: tuple[str, str], quoted: bool
) -> None:
    home, slash = system[0].format(name), system[1]
    path = slash.join([home, *(part for part in parts if name not in part and host not in part)])
    text = json.dumps({"path": path, "on": host}) if quoted else f"{path} on {host}"
    for redactor in (Redactor([home], [name], [host]), Redactor([], [name], [host])):
        shown = redactor.text(text)
        assert name not in shown.replace("<user>", "").replace("<host>", "") or name in "path on users"
        assert redactor.text(shown) == shown
    if quoted:
        json.loads(Redactor([home], [name], [host]).text(text))


@given(st.text(max_size=60))
def test_hiding_twice_hides_no_more(text: str) -> None:
    once = ANNA.text(text)
    assert ANNA.text(once) == once


@pytest.mark.parametrize("home", ["/", "", "C:\\", "C:\\Users"])
def test_a_home_that_holds_everything_hides_nothing(home: str) -> None:
    assert Redactor([home]).text("/usr/bin C:\\Python") == "/usr/bin C:\\Python"


@pytest.mark.parametrize("name", ["ubuntu", "localhost", "torch", "gpu", "root"])
def test_names_that_identify_nobody_stay(name: str) -> None:
    assert (
        Redactor([], [name], [name]).text(f"/opt/{name}/x on {name} 22.04")
        == f"/opt/{name}/x on {name} 22.04"
    )


def test_a_machines_owner_is_learned_from_the_machine(machine_of: Callable[..., RecordedOutside]) -> None:
    linux = machine_of(
        system="linux",
        environ={"HOME": "/home/anna", "USER": "anna"},
        files={"/proc/sys/kernel/hostname": "node17.cluster.example\n"},
        links={"/home/anna": "/export/users/a17"},
    )
    hide = redactor_for(linux)
    assert hide("/home/anna/x /export/users/a17/y /data/anna node17 node17.cluster.example") == (
        "~/x ~/y /data/<user> <host> <host>"
    )
    windows = machine_of(
        system="windows",
        environ={"USERPROFILE": r"C:\Users\Anna Lee", "USERNAME": "annal", "COMPUTERNAME": "LAB-7"},
    )
    hide = redactor_for(windows)
    assert hide(r"c:\users\anna lee\env D:\annal\x lab-7") == r"~\env D:\<user>\x <host>"


def test_a_machine_without_a_name_hides_none(machine_of: Callable[..., RecordedOutside]) -> None:
    """A container may have no /etc/hostname, or an empty one; "~/.local" is no host then."""
    hide = redactor_for(machine_of(system="linux", environ={"HOME": "/root"}, files={"/etc/hostname": "\n"}))
    assert hide("/root/.local/state/envdoctor") == "~/.local/state/envdoctor"


def test_a_name_outside_ascii_stays_outside_ascii() -> None:
    """The rule about such paths still finds its evidence in a report that was shared."""
    assert Redactor().text(r"C:\Users\张三\envs\dl") == r"C:\Users\<用户>\envs\dl"
    assert Redactor(["C:\\Users\\张三"]).text(r"C:\Users\张三\envs") == r"~用户\envs"
    assert Redactor(["/home/wang"]).text("/home/wang/envs /home/li/envs") == "~/envs /home/<user>/envs"


def test_people_and_machines_of_a_pasted_text() -> None:
    text = "(dl) wang@deepbox:~/work$ nvidia-smi\nLinux deepbox 5.15.0\npip install torch@https://host/x\n"
    hide = redactor_for_text(text)
    assert hide("/data/wang/env on deepbox failed") == "/data/<user>/env on <host> failed"
    assert hide("torch") == "torch"


def test_a_full_name_is_hidden_whole_also_where_it_begins_with_a_short_one() -> None:
    hide = Redactor(users=("Li", "Li Hua")).text
    assert hide(r"D:\data\Li Hua\first.py") == r"D:\data\<user>\first.py"
    assert hide(r"D:\data\Li\first.py") == r"D:\data\<user>\first.py"


def test_a_folder_of_everybodys_homes_is_nobodys_home() -> None:
    hide = Redactor(homes=("C:\\Users", "/")).text
    assert hide(r"C:\Users\ann\envs") == r"C:\Users\<user>\envs"
    assert hide("/opt/conda/bin") == "/opt/conda/bin"


def test_of_an_address_that_is_the_host_no_part_is_a_name(machine_of: Callable[..., RecordedOutside]) -> None:
    hide = redactor_for(machine_of(system="linux", environ={"HOSTNAME": "192.168.1.5"}, files={}))
    assert hide("192 houses a second at /data on 192.168.1.5") == "192 houses a second at /data on <host>"
