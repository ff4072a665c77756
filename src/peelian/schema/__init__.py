"""What a record is: kinds, canonical tables, code lists."""

from peelian.schema.codes import Code, CodeList, code_list, code_lists, own_code_lists
from peelian.schema.kinds import Column, Kind, RecordTable, Sensitivity
from peelian.schema.records import TABLES

__all__ = [
    "TABLES",
    "Code",
    "CodeList",
    "Column",
    "Kind",
    "RecordTable",
    "Sensitivity",
    "code_list",
    "code_lists",
    "own_code_lists",
]
