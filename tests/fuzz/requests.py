"""Requests that nobody would send: .venv/bin/python -m tests.fuzz.requests [--count 8000] [--seed 1] [--only 4711].

Every address, as a visitor, a marketer, an account manager and a platform admin, with mutated addresses, parameters, tokens,
forms, JSON, headers and content types, on a real PostgreSQL. Prints how each address answered; an error of ours fails, and
`--only` sends that one request again.
"""

import argparse
import json
import os
import sys
from pathlib import Path

import pytest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=8000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int)
    given = parser.parse_args()
    os.environ["FUZZ"] = json.dumps(vars(given))
    sys.exit(
        pytest.main(
            [
                "-s",
                "-q",
                "--no-header",
                "--show-capture=no",
                "--tb=short",
                str(Path(__file__).with_name("test_requests.py")),
            ]
        )
    )


if __name__ == "__main__":
    main()
