#!/usr/bin/env python3
"""Holds coverage.csv of each notice: every requirement and every conflict of the notice has its line, and all
that a line names is there.

  requirement  R1-R65: what the notice asks; C1-C23: where it contradicts itself or is silent
  package      JSON pointers (RFC 6901) into package.json, parted by spaces; "=value" behind one says what it finds
  code, test   files from the repository's root, parted by spaces
  note         what is particular; "no software: REASON" or "not yet: REASON" where there is none (or not all)
"""
import csv
import json
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NOTICE = os.path.join(ROOT, "shared/notices/anhui-2023-14")
NUMBERS = [f"R{i}" for i in range(1, 66)] + [f"C{i}" for i in range(1, 24)]
COLUMNS = ["requirement", "package", "code", "test", "note"]


def found(document, pointer):
    for part in pointer.split("/")[1:]:
        part = part.replace("~1", "/").replace("~0", "~")
        document = document[int(part)] if isinstance(document, list) else document[part]
    return document


def mistakes(rows, document):
    if [row["requirement"] for row in rows] != NUMBERS:
        have = [row["requirement"] for row in rows]
        yield f"missing {[n for n in NUMBERS if n not in have]}, or out of order, twice or unknown"
    for row in rows:
        number, note = row["requirement"], row["note"] or ""
        for named in row["package"].split():
            pointer, _, value = named.partition("=")
            try:
                here = found(document, pointer)
            except (KeyError, IndexError, ValueError, TypeError):
                yield f"{number}: {pointer} is not in the package"
                continue
            if value and here != value:
                yield f"{number}: {pointer} is {here}, not {value}"
        for named in row["code"].split() + row["test"].split():
            if not os.path.isfile(os.path.join(ROOT, named)):
                yield f"{number}: there is no file {named}"
        without = "no software: " in note or "not yet: " in note
        if not row["code"] and not row["test"] and not without and not row["package"]:
            yield f"{number}: nothing is named, and no reason given"


def main():
    with open(os.path.join(NOTICE, "package.json"), encoding="utf-8") as file:
        document = json.load(file)
    with open(os.path.join(NOTICE, "coverage.csv"), encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
    said = list(mistakes(rows, document))
    if reader.fieldnames != COLUMNS:
        said.append(f"the columns are {reader.fieldnames}")
    # What the test itself would catch.
    if not list(mistakes(rows[1:], document)) or not list(
            mistakes([dict(rows[0], package="/forms/99", code="nothing.cpp")] + rows[1:], document)):
        said.append("the test finds no mistake where there is one")
    for one in said:
        print(f"coverage.csv: {one}")
    print(f"coverage.csv: {len(rows)} lines, {len(said)} mistakes")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
