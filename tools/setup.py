"""Install what the platform needs, with nothing but python3 and pip. Standard library only.

A bare Debian has no venv and refuses `pip install`, so pip puts uv in a folder of ours and uv makes the environment.
Does nothing when the environment already matches the requirements.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = "uv==0.13.9"


def main() -> int:
    requirements = ROOT / sys.argv[1]
    stamp = ROOT / ".venv" / f"{requirements.name}.sha256"
    digest = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return 0
    if not (3, 11) <= sys.version_info[:2] < (3, 13):
        print(f"Python 3.11 or 3.12 is needed; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 1
    print("Installing packages…", flush=True)
    for command in install_commands(requirements):
        if subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode:
            print(f"This step failed: {' '.join(map(str, command))}", file=sys.stderr)
            return 1
    for other in stamp.parent.glob("*.sha256"):
        other.unlink()
    stamp.write_text(digest)
    return 0


def install_commands(requirements: Path) -> list[list[str]]:
    uv = str(ROOT / ".tools" / "bin" / "uv")
    python = str(ROOT / ".venv" / "bin" / "python")
    commands = [[sys.executable, "-m", "pip", "install", "--quiet", "--upgrade", "--target", str(ROOT / ".tools"), UV]]
    if not Path(python).exists():
        commands.append([uv, "venv", "--quiet", "--python", sys.executable, str(ROOT / ".venv")])
    commands.append([uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python, str(requirements)])
    return commands


def environment() -> dict[str, str]:
    return {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "PIP_ROOT_USER_ACTION": "ignore"}


if __name__ == "__main__":
    sys.exit(main())
