"""Copy the front-end files that the pages use from their npm packages to static/vendor.

Run by a developer after a version changes in package-lock.json; the result is committed, so that
installing the platform needs neither Node nor an npm registry. Standard library only.
"""

import base64
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import urllib.request
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
ICONS = ROOT / "tools" / "icons.txt"  # one name a line, of the outline set
CHECKSUMS = "SHA512SUMS"
TIMEOUT_SECONDS = 60
# Manifest storage follows this comment and fails, because the maps it names are not copied.
SOURCE_MAP = re.compile(rb"\n?(?:/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=[^\n]*)\s*\Z")

# Package -> {file in the package: file in static/vendor}.
FILES = {
    "@tabler/core": {
        "dist/css/tabler.min.css": "tabler/tabler.min.css",
        "dist/js/tabler.min.js": "tabler/tabler.min.js",
    },
    "htmx.org": {"dist/htmx.min.js": "htmx/htmx.min.js", "LICENSE": "htmx/LICENSE"},
    "@fontsource-variable/inter": {
        "files/inter-latin-wght-normal.woff2": "inter/inter-latin.woff2",
        "files/inter-latin-ext-wght-normal.woff2": "inter/inter-latin-ext.woff2",
        "LICENSE": "inter/LICENSE",
    },
    "@tabler/icons": {"LICENSE": "icons/LICENSE"},
}


def registry() -> str:
    """Return the configured npm registry without a trailing slash; exit when none is configured."""
    address = os.environ.get("npm_config_registry", "")  # noqa: SIM112 - npm's own spelling
    npm = shutil.which("npm")
    if not address and npm:
        command = [npm, "config", "get", "registry"]
        address = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    if not address.startswith(("https://", "http://")):
        sys.exit("No npm registry: set the environment variable npm_config_registry to its address.")
    return address.rstrip("/")


def integrity_of(content: bytes) -> str:
    """Return the Subresource Integrity text that npm writes in its lock: "sha512-<base64>"."""
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()


def download(base: str, name: str, version: str, integrity: str) -> bytes:
    """Return the tarball of a package; exit when its SHA-512 is not `integrity`."""
    url = f"{base}/{name}/-/{name.rpartition('/')[2]}-{version}.tgz"
    with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as response:
        tarball: bytes = response.read()
    if integrity_of(tarball) != integrity:
        sys.exit(f"{name} {version}: the downloaded file does not have the checksum of package-lock.json.")
    return tarball


def extract(tarball: bytes, files: dict[str, str], target: Path) -> None:
    """Write the named files of a package below `target`; exit on a missing file or an escaping path."""
    with tarfile.open(fileobj=io.BytesIO(tarball), mode="r:gz") as archive:
        for source, destination in files.items():
            path = (target / PurePosixPath(destination)).resolve()
            if not path.is_relative_to(target.resolve()):
                sys.exit(f"{destination}: this path leaves {target.name}.")
            try:
                member = archive.extractfile(f"package/{source}")
            except KeyError:
                sys.exit(f"{source}: the package has no such file.")
            if member is None:
                sys.exit(f"{source}: not a regular file.")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(SOURCE_MAP.sub(b"\n", member.read()))


def checksums(folder: Path) -> str:
    """Return the SHA512SUMS text (the format of sha512sum) of every file below `folder`."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != CHECKSUMS)
    return "".join(
        f"{hashlib.sha512(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n" for path in files
    )


def main() -> None:
    """Replace static/vendor by the files of the versions pinned in package-lock.json."""
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    base = registry()
    wanted = {name: dict(files) for name, files in FILES.items()}
    wanted["@tabler/icons"] |= {f"icons/outline/{name}.svg": f"icons/{name}.svg" for name in ICONS.read_text().split()}
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for name, files in wanted.items():
        package = lock[f"node_modules/{name}"]
        extract(download(base, name, package["version"], package["integrity"]), files, fresh)
    (fresh / CHECKSUMS).write_text(checksums(fresh))
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


if __name__ == "__main__":
    main()
