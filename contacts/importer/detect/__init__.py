"""Say how a contact file is written and which column holds the mobile numbers, from its content.

Pure and deterministic; any bytes get an answer. Each answer carries a confidence and a reason, and can be
overridden.
"""

from contacts.importer.detect.columns import Column
from contacts.importer.detect.detection import Detection, Overrides, detect, detect_stream
from contacts.importer.detect.reasons import Judgement, Reason

__all__ = ["Column", "Detection", "Judgement", "Overrides", "Reason", "detect", "detect_stream"]
