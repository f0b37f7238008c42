"""A server that does not answer is left alone for a while, then tried by one caller."""

import pytest

from smsplatform.lib.circuit import Circuit


class Server:
    def __init__(self) -> None:
        self.tries, self.is_up, self.now = 0, True, 100.0
        self.circuit = Circuit("Server", seconds=5, clock=lambda: self.now)

    def answer(self) -> str:
        self.tries += 1
        if not self.is_up:
            raise ConnectionError
        return "answer"

    def ask(self, times: int = 1) -> list[str]:
        return [self.circuit.ask(self.answer, otherwise=lambda: "without") for _ in range(times)]


def test_a_server_that_answers_is_asked_each_time() -> None:
    server = Server()

    assert (server.ask(3), server.tries) == (["answer"] * 3, 3)


def test_one_that_fails_is_left_alone_and_then_tried_again_once() -> None:
    server = Server()
    server.is_up = False

    first = server.ask(10)
    tries = server.tries
    server.now += 5
    later = server.ask(10)

    assert (first, later) == (["without"] * 10, ["without"] * 10)
    assert (tries, server.tries) == (1, 2)


def test_once_it_answers_again_it_is_asked_each_time() -> None:
    server = Server()
    server.is_up = False
    server.ask()
    server.is_up = True

    meanwhile = server.ask()
    server.now += 5
    back = server.ask(2)

    assert (meanwhile, back, server.circuit.is_away) == (["without"], ["answer"] * 2, False)


def test_another_error_is_the_callers() -> None:
    circuit = Circuit("Server", seconds=5)

    def wrong() -> str:
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        circuit.ask(wrong, otherwise=lambda: "without")

    assert not circuit.is_away
