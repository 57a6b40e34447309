"""How the smoke worker speaks to the doctor: lines with a token, on a copy of standard output. Python 3.8 and up."""

import json
import os
import sys
import threading
import time


class Channel:
    """Each event is one line in one write, so that the lines of several processes never mix."""

    def __init__(self, token, rank=None, lead=True):
        self.token, self.rank, self.lead = token, rank, lead
        self.answer = os.dup(1)
        os.dup2(2, 1)  # whatever prints from here on prints to stderr

    def say(self, **event):
        if not self.lead and ("facts" in event or "losses" in event):
            return  # one process speaks for its machine
        if self.rank is not None:
            event["rank"] = self.rank
        line = "\n%s:event %s\n" % (self.token, json.dumps(event, default=str))
        rest = line.encode("ascii")
        while rest:
            rest = rest[os.write(self.answer, rest):]

    def leave(self, code):
        """Say the last word and go; what hangs or crashes on the way out of Python is no fault of the training."""
        self.say(done=True)
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError):
                pass
        os._exit(code)


def text(value, limit=1500):
    return str(value)[:limit].encode("utf-8", "replace").decode("utf-8")


def error_text(error):
    try:
        said = text(error).strip()
    except Exception:
        said = ""
    return "%s: %s" % (type(error).__name__, said) if said else type(error).__name__


def leave_no_trace(limit):
    """Python writes where it was on a crash or shortly before the time limit; no core file, no orphan."""
    import faulthandler

    sys.stdout.reconfigure(line_buffering=True)
    if os.name != "posix":
        return
    faulthandler.enable(2, all_threads=False)
    if limit > 0:
        faulthandler.dump_traceback_later(limit - min(1.0, limit / 10), file=2)
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def die_with_parent():
    """torchrun gives every process a session of its own: when torchrun is killed, nobody else ends them."""
    parent = os.getppid()
    if sys.platform.startswith("linux"):
        import ctypes

        ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG, SIGKILL
        if os.getppid() != parent:
            os._exit(1)

    def watch():
        while os.getppid() == parent:
            time.sleep(0.25)
        os._exit(1)

    if os.name == "posix":
        threading.Thread(target=watch, daemon=True).start()
