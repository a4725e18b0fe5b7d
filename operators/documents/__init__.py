"""JSON as people type it: read exactly with the place of everything, written exactly, and mended as a proposal."""

from operators.documents.differences import Difference, compare_values
from operators.documents.reading import Document, JsonFault, Path, read_json
from operators.documents.repair import propose_repair
from operators.documents.writing import ExactDecoder, ExactEncoder, write_json

__all__ = [
    "Difference",
    "Document",
    "ExactDecoder",
    "ExactEncoder",
    "JsonFault",
    "Path",
    "compare_values",
    "propose_repair",
    "read_json",
    "write_json",
]
