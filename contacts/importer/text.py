"""Decode a file of any encoding into whole lines, in constant memory."""

import codecs
import io
from collections.abc import Iterator
from typing import NamedTuple, Protocol

READ_BYTES = 256 * 1024
MAX_LINE_CHARACTERS = 2**20  # longer ones are no lines of a table: a binary file, or line ends that are missing
EXCERPT_CHARACTERS = 200


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Text(NamedTuple):
    """Whole lines, each ended by \\n. `is_endless`: instead, the start of one line too long to be read."""

    text: str
    is_endless: bool = False


class TextReader:
    """The file's text by pieces. `bytes_read` and `undecodable` (characters replaced) grow as it is read."""

    def __init__(self, file: Readable, encoding: str) -> None:
        self.bytes_read = 0
        self.undecodable = 0
        self._file = file
        decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self._decoder = io.IncrementalNewlineDecoder(decoder, translate=True)

    def pieces(self, most: int | None = None) -> Iterator[Text]:
        """Yield the text. `most`: characters of a line, MAX_LINE_CHARACTERS unless said."""
        most = most or MAX_LINE_CHARACTERS
        tail = ""
        is_endless = False
        for decoded in self._decoded():
            cut = decoded.rfind("\n") + 1
            if cut and is_endless:  # the long line ends here
                start = decoded.index("\n") + 1
                decoded, cut, is_endless = decoded[start:], cut - start, False
            if cut:
                yield Text(tail + decoded[:cut])
                tail = decoded[cut:]
            elif not is_endless:
                tail += decoded
            if len(tail) > most:
                yield Text(tail[:EXCERPT_CHARACTERS], is_endless=True)
                tail, is_endless = "", True
        if tail:
            yield Text(tail + "\n")

    def _decoded(self) -> Iterator[str]:
        is_first = True
        while True:
            data = self._file.read(READ_BYTES)
            self.bytes_read += len(data)
            decoded = str(self._decoder.decode(data, final=not data))
            if is_first and decoded:
                decoded, is_first = decoded.removeprefix("\ufeff"), False
            self.undecodable += decoded.count("\ufffd")
            yield decoded
            if not data:
                return
