#!/usr/bin/env python3
"""Records whose true customer is known go through `zhike resolve --auto`, with the same settings for every set:
precision, recall and F1 over pairs, at the chosen threshold and at the best one, against what each must reach.

matching.py --bin build/release [WORD...]     the sets whose name contains a word; all without

Sets come from ../shared/data (or $ZHIKE_DATA); one whose folder is absent is skipped, and counted so. Standard
library only."""
import csv
import gzip
import io
import json
import pathlib
import re
import subprocess
import tempfile

from tally import DATA, Tally, arguments


def opened(path):
    raw = gzip.open(path, "rb") if path.suffix == ".gz" else open(path, "rb")
    return io.TextIOWrapper(raw, encoding="utf-8", newline="")


def write(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)
    return path


def febrl(name):
    """The number in rec-N-org and rec-N-dup-K is the person."""
    def make(folder, out):
        with opened(folder / name) as file:
            rows = [[cell.strip() for cell in row] for row in csv.reader(file, skipinitialspace=True) if row]
        rows[0].append("person")
        for row in rows[1:]:
            row.append(re.match(r"rec-(\d+)-", row[0])[1])
        return [write(out / "febrl.csv", rows)], ["--id", "rec_id", "--truth-column", "person"]
    return make


def splink(name):
    def make(folder, out):
        with opened(folder / name) as file:
            return [write(out / "splink.csv", csv.reader(file))], ["--id", "unique_id", "--truth-column", "cluster"]
    return make


def rldata(folder, out):
    with opened(folder / "RLdata500.tsv") as file, opened(folder / "identity.RLdata500.tsv") as truth:
        rows = [row + [who.strip()] for row, who in zip(csv.reader(file, delimiter="\t"), truth)]
    rows[0][-1] = "person"
    return [write(out / "rldata.csv", rows)], ["--truth-column", "person"]


def products(folder, out):
    """Two catalogues, and the pairs that people have labelled."""
    sides = {"left": {}, "right": {}}
    labels = set()
    for part in ("train", "validation", "test"):
        with opened(folder / f"amz_goog_{part}.csv.gz") as file:
            for row in csv.DictReader(file):
                for side, found in sides.items():
                    found[side + row[side + "_id"]] = [row[f"{side}_{c}"] for c in ("title", "manufacturer", "price")]
                labels.add(("left" + row["left_id"], "right" + row["right_id"], row["label"]))
    files = [write(out / f"{side}.csv", [["id", "title", "manufacturer", "price"],
                                         *([key, *cells] for key, cells in found.items())])
             for side, found in sides.items()]
    return files, ["--id", "id", "--labels",
                   str(write(out / "labels.csv", [["id_l", "id_r", "is_match"], *sorted(labels)]))]


# name, folder, how to make it, least F1
SETS = [
    ("febrl dataset1", "febrl", febrl("dataset1.csv"), 0.97),
    ("febrl dataset2", "febrl", febrl("dataset2.csv.gz"), 0.97),
    ("febrl dataset3", "febrl", febrl("dataset3.csv.gz"), 0.97),
    ("fake_1000", "splink", splink("fake_1000.csv"), 0.90),
    ("historical figures", "splink", splink("historical_figures_with_errors_50k.csv.gz"), 0.85),
    ("rldata500", "rldata500", rldata, 0.97),
    ("amazon_google_products", "amazon_google_products", products, 0.50),
]


def play(binary, folder, make):
    with tempfile.TemporaryDirectory(prefix="zhike-matching-") as temporary:
        files, words = make(folder, pathlib.Path(temporary))
        run = subprocess.run([str(binary / "zhike"), "resolve", *map(str, files), "--auto", "--json", *words],
                             capture_output=True, text=True, timeout=300, check=False)
    return json.loads(run.stdout)


def main():
    args = arguments(__doc__).parse_args()
    tally = Tally(args.words)
    for name, folder, make, least in SETS:
        if not tally.wants(name, folder):
            continue
        found = play(args.bin.resolve(), DATA / folder, make)
        if "error" in found:
            tally.tell(False, f"{name}: {found['error']}")
            continue
        tally.tell(found["f1"] >= least,
                   f"{name}: precision {found['precision']:.3f}, recall {found['recall']:.3f},"
                   f" F1 {found['f1']:.3f} (at least {least}), best {found['best_f1']:.3f}; {found['compared_pairs']:.0f} pairs,"
                   f" {found['seconds']:.1f} s")
    tally.end()


if __name__ == "__main__":
    main()
