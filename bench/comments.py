#!/usr/bin/env python3
"""Comments end to end: comments.py --bin build/release [--rows N]

Made-up short reviews, Chinese and English, half of each good, are imported as any file is; the clock stops when the
last has been read and is counted. Goal: a million in two minutes on two cores."""
import argparse
import csv
import json
import pathlib
import subprocess
import tempfile
import time

MAPPING = """source = "reviews"
pattern = "*"
zone = "Asia/Shanghai"
required = ["id", "text"]

[[event]]
name = "Review Posted"
time = "{at}"
id = "review:{id}"
identifiers = [{kind = "user_id", value = "{who}"}]
channel = "web"
text = "{text}"
"""
THINGS = {"zh": ["物流", "客服", "包装", "价格", "质量", "屏幕"], "en": ["delivery", "service", "packaging", "price", "quality", "screen"]}
GOOD = {"zh": ["很好", "不错", "非常满意", "值得推荐"], "en": ["is great", "was very good", "made me happy", "is perfect"]}
BAD = {"zh": ["很差", "太慢了", "非常失望", "不值得推荐"], "en": ["is terrible", "was too slow", "was a disappointment", "is broken"]}


def review(number):
    language = "en" if number % 4 == 0 else "zh"
    words, parts = (GOOD if number % 2 else BAD)[language], []
    for part in range(3):
        thing = THINGS[language][(number // 3 + part * 2) % 6]
        parts.append(f"{'the ' if language == 'en' else ''}{thing}{' ' if language == 'en' else ''}{words[(number // 7 + part) % 4]}")
    return (", " if language == "en" else "，").join(parts) + (f" {number}" if language == "en" else f"，第{number}次")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--rows", type=int, default=200_000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zhike-bench-") as temporary:
        folder = pathlib.Path(temporary)
        (folder / "map.toml").write_text(MAPPING, encoding="utf-8")
        with open(folder / "reviews.csv", "w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["id", "at", "who", "text"])
            for number in range(args.rows):
                at = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(1_700_000_000 + 60 * (number % 500_000)))
                writer.writerow([number, at, f"u{number % 50_000}", review(number)])
        zhike = [args.bin.resolve() / "zhike"]
        begin = time.monotonic()
        subprocess.run([*zhike, "import", folder / "reviews.csv", "--map", folder / "map.toml", "--data", folder / "data", "--json"],
                       stdout=subprocess.DEVNULL, check=True)
        imported = time.monotonic() - begin
        done = subprocess.run([*zhike, "text", "report", "--data", folder / "data", "--json", "--where", "from=2000-01-01"],
                              stdout=subprocess.PIPE, check=True)
        whole = time.monotonic() - begin
        found = json.loads(done.stdout)
        print(f"{found['read']} comments: imported after {imported:.1f} s, read and counted after {whole:.1f} s;"
              f" {found['negative']['count']} negative, {found['positive']['count']} positive")
        print(f"figure comments_end_to_end {found['read'] / whole:.0f} comments/s >= 8333")
        print(f"figure comments_a_million {1e6 * whole / found['read']:.0f} s <= 120")


if __name__ == "__main__":
    main()
