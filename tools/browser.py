"""Make sure that there is a Chromium for the browser tests; print its path. Standard library only.

CHROMIUM names one; else one on the PATH is used; else, as root on Debian, the package is installed.
"""

import ctypes
import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def missing_packages() -> list[str]:
    """Return Debian's packages that the tests need and this machine lacks."""
    return ([] if find() else ["chromium"]) + ([] if has_libatomic() else ["libatomic1"])


def has_libatomic() -> bool:
    """Return whether the library that Playwright's driver is linked to is there."""
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        return False
    return True


def main() -> int:
    if (packages := missing_packages()) and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {' and '.join(packages)} for the browser tests…", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
            subprocess.run(["apt-get", *words], check=False, stdout=subprocess.DEVNULL, env=environment)
    if packages := missing_packages():
        print(
            f"The browser tests need {' and '.join(packages)}: install it, or name a Chromium in CHROMIUM.",
            file=sys.stderr,
        )
        return 1
    print(f"Browser: {find()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
