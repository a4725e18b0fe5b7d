"""JSON as people type it: read exactly with the place of everything, written exactly, and mended as a proposal."""

from operators.documents.reading import Document, JsonFault, Path, read_json
from operators.documents.repair import propose_repair
from operators.documents.writing import ExactDecoder, ExactEncoder, write_json

__all__ = [
    "Document",
    "ExactDecoder",
    "ExactEncoder",
    "JsonFault",
    "Path",
    "propose_repair",
    "read_json",
    "write_json",
]
