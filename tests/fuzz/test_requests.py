"""A slice of `python -m tests.fuzz.requests`: no request is answered with an error of ours."""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.fuzz.fuzzer import Fuzzer
from tests.support.world import make_directory, make_lists, uncommitted
from tests.test_every_post import POSTS

SLICE = {"count": 500, "seed": 1, "only": None}


@pytest.fixture
def fuzzer(django_db_setup: None, django_db_blocker: Any) -> Iterator[Fuzzer]:
    with (
        uncommitted(django_db_blocker, make_lists) as with_lists,
        uncommitted(django_db_blocker, make_directory) as with_directory,
    ):
        yield Fuzzer([with_lists, with_directory], POSTS)


def test_no_request_is_answered_with_an_error_of_ours(fuzzer: Fuzzer) -> None:
    report = fuzzer.run(**json.loads(os.environ.get("FUZZ", json.dumps(SLICE))))

    print(report.table())
    assert report.errors == []
