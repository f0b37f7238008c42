"""Where the numbers go. Another destination is another sink and the same pipeline; a preview is a sink that only counts."""

from contacts.importer.sinks.base import Outcome, Sink
from contacts.importer.sinks.exclusions import ExclusionCountingSink, ExclusionSink
from contacts.importer.sinks.existing_list import ComparingSink, ExistingListSink, Update
from contacts.importer.sinks.new_list import CountingSink, NewListSink

__all__ = [
    "ComparingSink",
    "CountingSink",
    "ExclusionCountingSink",
    "ExclusionSink",
    "ExistingListSink",
    "NewListSink",
    "Outcome",
    "Sink",
    "Update",
]
