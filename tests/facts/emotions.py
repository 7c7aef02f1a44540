#!/usr/bin/env python3
"""How often the words of `zhike text intent` name the emotion that the writer's own picture names: posts of
weibo_senti_100k carry pictures in brackets ([泪], [怒], [吃惊]); a post whose pictures all name one emotion is taken to
have it, the pictures are cut out, and the rest is read. These are weak labels: people add a crying face to laughter,
and most posts have a feeling without a word for it. So precision is counted against how often the emotion comes at
all, and little more is claimed than that the words speak for it; recall is printed.

emotions.py --bin build/release

The set comes from ../shared/data (or $ZHIKE_DATA); where its folder is absent it is skipped, and counted so. Standard
library only."""
import csv
import pathlib
import re
import subprocess
import tempfile

from sentiment import EMOTICON, weibo
from tally import Tally, arguments

PICTURES = {
    "joy": "哈哈 嘻嘻 太开心 偷笑 笑哈哈 耶 偷乐 得意地笑 呵呵",
    "sadness": "泪 悲伤 伤心 委屈 可怜",
    "anger": "怒 怒骂 抓狂 哼",
    "surprise": "吃惊",
    "disappointment": "失望",
}
EMOTION = {picture: emotion for emotion, pictures in PICTURES.items() for picture in pictures.split()}
FEWEST = 15  # posts that the words are found in, below which a share says nothing


def labelled():
    """(emotion, text without pictures)."""
    for _, text, _ in weibo():
        named = {EMOTION.get(name) for name in re.findall(r"\[([^\[\]]{1,12})\]", text)} - {None}
        rest = EMOTICON.sub("", text).strip()
        if len(named) == 1 and rest:
            yield named.pop(), rest


def read(binary, rows):
    """For each row the emotions that were found."""
    with tempfile.TemporaryDirectory(prefix="zhike-emotions-") as temporary:
        file, out = pathlib.Path(temporary) / "posts.csv", pathlib.Path(temporary) / "found.csv"
        with file.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows([("text",), *((text,) for _, text in rows)])
        subprocess.run([str(binary.resolve() / "zhike"), "text", "intent", str(file), "--column", "text", "--out", str(out), "--json"],
                       capture_output=True, timeout=300, check=True)
        found = [set() for _ in rows]
        with out.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                found[int(row["row"]) - 1] = set(row["emotions"].split())
    return found


def main():
    args = arguments(__doc__).parse_args()
    tally = Tally(args.words)
    if tally.wants("weibo_senti_100k", "weibo_senti_100k"):
        rows = list(labelled())
        found = read(args.bin, rows)
        for emotion in PICTURES:
            own = sum(label == emotion for label, _ in rows)
            told = sum(emotion in at for at in found)
            right = sum(emotion in at and label == emotion for at, (label, _) in zip(found, rows))
            base, precision = own / len(rows), right / max(told, 1)
            line = (f"{emotion}: of {told} posts with its words {precision:.3f} have its pictures, of all {base:.3f}; "
                    f"recall {right / max(own, 1):.3f} of {own}")
            tally.tell(told < FEWEST or precision > base, line + (" (too few to say)" if told < FEWEST else ""))
    tally.end()


if __name__ == "__main__":
    main()
