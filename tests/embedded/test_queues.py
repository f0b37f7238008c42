"""No task may run without end, and rescues wait behind nothing but their like."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings

from smsplatform.celery import app
from smsplatform.embedded.run import commands
from tests.embedded.running import ROOT

app.loader.import_default_modules()
OURS = sorted(name for name in app.tasks if not name.startswith("celery."))
OF_BEAT = sorted({str(entry["task"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()})
UPKEEP_LIMIT = 1800  # seconds


def queue_of(task: str) -> str:
    return str(app.amqp.router.route({}, task)["queue"].name)


def limit_of(task: str) -> float:
    return float(getattr(app.tasks[task], "time_limit", None) or app.conf.task_time_limit)


def queues_of(commands_of: list[list[str]]) -> list[str]:
    return [command[command.index("--queues") + 1] for command in commands_of if "worker" in command]


@pytest.mark.parametrize("task", OF_BEAT)
def test_what_beat_calls_for_has_little_time(task: str) -> None:
    assert (task in OURS, limit_of(task) <= UPKEEP_LIMIT) == (True, True)


def test_rescues_and_what_arrives_have_their_own_queue() -> None:
    assert [task for task in OURS if queue_of(task) == "upkeep"] == [
        "contacts.tasks.fold_inboxes",
        "contacts.tasks.refresh_statistics",
        "contacts.tasks.rescue_imports",
        "contacts.tasks.rescue_jobs",
        "directory.tasks.rescue_jobs",
        "directory.tasks.rescue_keys",
    ]


@pytest.mark.parametrize("task", OURS)
def test_every_task_has_an_end(task: str) -> None:
    assert 0 < limit_of(task) <= 6 * 3600


@pytest.mark.parametrize("task", sorted(settings.CELERY_TASK_ANNOTATIONS))
def test_every_limit_is_that_of_a_task(task: str) -> None:
    assert task in OURS
    assert limit_of(task) == settings.CELERY_TASK_ANNOTATIONS[task]["time_limit"]


def test_both_queues_have_workers_wherever_the_platform_runs(tmp_path: Path) -> None:
    composed = re.findall(r"command: (\[.*?\])", (ROOT / "docker-compose.yml").read_text(), re.DOTALL)

    assert queues_of(list(commands(tmp_path, "127.0.0.1", 8000).values())) == ["celery", "upkeep"]
    assert queues_of(list(map(json.loads, composed))) == ["celery", "upkeep"]
