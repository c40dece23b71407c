#!/usr/bin/env python3
"""Writes what modelpin is made of: a software bill of materials in CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/).

    contrib/sbom/sbom.py [--features LIST] [--target TRIPLE] >modelpin.cdx.json

It reads `cargo metadata` and Cargo.lock and asks no network. The same checkout gives the same bytes: there is no moment
in it but that of SOURCE_DATE_EPOCH, if that is set, and no folder of the machine that wrote it. Tools for tests are left
out; what runs while building (`build`) is told from what ends up in the program (`normal`).
"""

import argparse
import datetime
import json
import os
import subprocess
import tomllib
import urllib.parse
import uuid

REPO = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NAMESPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")  # of URLs, RFC 9562


def metadata(args):
    command = [os.environ.get("CARGO", "cargo"), "metadata", "--locked", "--format-version", "1"]
    command += ["--filter-platform", args.target, "--features", args.features]
    return json.loads(subprocess.run(command, cwd=REPO, check=True, stdout=subprocess.PIPE).stdout)


def host():
    told = subprocess.run(["rustc", "-vV"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return next(line.split()[1] for line in told.splitlines() if line.startswith("host:"))


def purl(package):
    return f"pkg:cargo/{package['name']}@{urllib.parse.quote(package['version'])}"


def reached(nodes, root):
    """Each package that is needed, with whether it ends up in the program or only builds it."""
    kinds = {root: "normal"}
    waiting = [root]
    while waiting:
        at = waiting.pop()
        for dep in nodes[at]["deps"]:
            of = {kind["kind"] or "normal" for kind in dep["dep_kinds"]} - {"dev"}
            if not of:
                continue
            kind = "normal" if "normal" in of and kinds[at] == "normal" else "build"
            if kinds.get(dep["pkg"]) not in (kind, "normal"):
                kinds[dep["pkg"]] = kind
                waiting.append(dep["pkg"])
    return kinds


def licences(package):
    # Crates once wrote `MIT/Apache-2.0` for what SPDX writes with OR.
    said = (package["license"] or "").replace("/", " OR ")
    return [{"expression": said}] if said else []


def component(package, kind, sums):
    macro = any("proc-macro" in target["kind"] for target in package["targets"])
    found = {
        "type": "library",
        "bom-ref": purl(package),
        "name": package["name"],
        "version": package["version"],
        "scope": "required" if kind == "normal" and not macro else "excluded",
        "purl": purl(package),
    }
    if package["description"]:
        found["description"] = " ".join(package["description"].split())
    if sum_of := sums.get((package["name"], package["version"])):
        found["hashes"] = [{"alg": "SHA-256", "content": sum_of}]
    if said := licences(package):
        found["licenses"] = said
    if package["repository"]:
        found["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
    return found


def main():
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    reader.add_argument("--features", default="default", help="as cargo takes them")
    reader.add_argument("--target", default=None, help="the machine that it is for; this one by default")
    args = reader.parse_args()
    args.target = args.target or host()

    told = metadata(args)
    packages = {package["id"]: package for package in told["packages"]}
    nodes = {node["id"]: node for node in told["resolve"]["nodes"]}
    root = told["resolve"]["root"]
    kinds = reached(nodes, root)
    with open(os.path.join(REPO, "Cargo.lock"), "rb") as file:
        locked = tomllib.load(file)["package"]
    sums = {(p["name"], p["version"]): p["checksum"] for p in locked if "checksum" in p}

    order = sorted((id for id in kinds if id != root), key=lambda id: purl(packages[id]))
    ours = component(packages[root], "normal", sums) | {"type": "application"}
    del ours["scope"]
    components = [component(packages[id], kinds[id], sums) for id in order]
    depends = [
        {
            "ref": purl(packages[id]),
            "dependsOn": sorted(purl(packages[dep["pkg"]]) for dep in nodes[id]["deps"]
                                if dep["pkg"] in kinds and any(k["kind"] != "dev" for k in dep["dep_kinds"])),
        }
        for id in [root, *order]
    ]
    about = {
        "component": ours,
        "properties": [
            {"name": "cargo:features", "value": args.features},
            {"name": "cargo:target", "value": args.target},
        ],
    }
    if moment := os.environ.get("SOURCE_DATE_EPOCH"):
        about["timestamp"] = datetime.datetime.fromtimestamp(int(moment), datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    body = {"metadata": about, "components": components, "dependencies": depends}
    serial = uuid.uuid5(NAMESPACE, json.dumps(body, sort_keys=True))
    bom = {"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": f"urn:uuid:{serial}", "version": 1} | body
    print(json.dumps(bom, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
