"""File formats: bytes in, questions and findings out, and back. One module each, listed here."""

from quizapp.domain.bank.bank import BankHeader
from quizapp.formats import csv_table, gift, xlsx_table, yaml_bank
from quizapp.formats.shared.limits import LIMITS, Limits
from quizapp.formats.shared.result import Format, Read, ReadResult, Written

__all__ = ["FORMATS", "LIMITS", "BankHeader", "Format", "Limits", "Read", "ReadResult", "Written"]

FORMATS: dict[str, Format] = {
    yaml_bank.NAME: yaml_bank,
    gift.NAME: gift,
    csv_table.NAME: csv_table,
    xlsx_table.NAME: xlsx_table,
}
