#!/usr/bin/env python3
"""Checks a bill of materials against the schema of CycloneDX, and that nothing that it refers to is missing.

    contrib/sbom/check.py modelpin.cdx.json      (wants cyclonedx-python-lib[validation], of PyPI)
"""

import json
import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        text = file.read()
    if wrong := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        sys.exit(f"{sys.argv[1]}: {wrong}")
    bom = json.loads(text)
    known = [bom["metadata"]["component"]["bom-ref"], *(part["bom-ref"] for part in bom["components"])]
    if len(known) != len(set(known)):
        sys.exit(f"{sys.argv[1]}: a part is there twice")
    for entry in bom["dependencies"]:
        for ref in [entry["ref"], *entry["dependsOn"]]:
            if ref not in known:
                sys.exit(f"{sys.argv[1]}: {ref} is needed and not listed")
    for part in bom["components"]:
        for wanted in ("hashes", "licenses"):
            if wanted not in part:
                sys.exit(f"{sys.argv[1]}: {part['bom-ref']} has no {wanted}")
    print(f"{sys.argv[1]}: {len(bom['components'])} parts, as CycloneDX 1.6 has it")


if __name__ == "__main__":
    main()
