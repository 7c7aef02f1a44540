#!/usr/bin/env python3
"""Turns jieba's dictionary into the table that becomes part of the program: words.py DICT_FOLDER OUT.bin

In: jieba.dict.utf8 (word, frequency, part of speech), idf.utf8, stop_words.utf8, hmm_model.utf8, as the npm package
nodejieba has them (MIT). Out, little-endian; src/text/words.h reads it where it lies, so that nothing is loaded:
  "ZKWORDS1", u32 slots, u32 entries, f32 least log chance, f32 mean idf
  hidden Markov model, in the order B E M S: f32[4] start, f32[4][4] transitions, f32[0x9FFF - 0x4E00 + 1][4] emissions
  slots × {u32 check, f32 log chance, u16 idf × 4096, u16 flags}: open addressing, one entry for each word and each
  beginning of a word. Words are in lower case; of words that become equal the frequencies add up."""
import math
import pathlib
import struct
import sys

MASK = (1 << 64) - 1
SEED, FACTOR = 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93  # as src/text/words.h
WORD, STOP, CONTENT, HAS_IDF = 1, 2, 4, 8
HAN_FIRST, HAN_LAST = 0x4E00, 0x9FFF
NEVER = -3.14e+38  # of a float; the file has -3.14e+100
FULL = 0.75        # of the table
# Parts of speech that carry content: nouns, verbs, adjectives, idioms, states, places, abbreviations, foreign words.
CONTENT_TAGS = ("n", "v", "a", "i", "l", "j", "z", "s", "b", "eng", "x")


def step(key, character):
    key = ((key ^ ord(character)) * FACTOR) & MASK
    return key ^ key >> 32


def numbers(line):
    return [max(float(word), NEVER) for word in line.split()]


def hidden_model(path):
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip() and not line.startswith("#")]
    start, transitions = numbers(lines[0]), [value for line in lines[1:5] for value in numbers(line)]
    emissions = [NEVER] * ((HAN_LAST - HAN_FIRST + 1) * 4)
    for state, line in enumerate(lines[5:9]):
        for part in line.strip().split(","):
            character, _, chance = part.rpartition(":")
            if len(character) == 1 and HAN_FIRST <= ord(character) <= HAN_LAST:
                emissions[(ord(character) - HAN_FIRST) * 4 + state] = float(chance)
    return struct.pack(f"<{20 + len(emissions)}f", *start, *transitions, *emissions)


def read_words(folder):
    """word: [frequency, idf or None, flags]"""
    words = {}
    for line in (folder / "jieba.dict.utf8").read_text(encoding="utf-8").splitlines():
        word, frequency, tag = line.split(" ")
        entry = words.setdefault(word.lower(), [0, None, WORD])
        entry[0] += float(frequency)
        if tag.startswith(CONTENT_TAGS):
            entry[2] |= CONTENT
    for line in (folder / "idf.utf8").read_text(encoding="utf-8").splitlines():
        word, _, idf = line.rpartition(" ")
        if word.lower() in words:
            words[word.lower()][1] = float(idf)
            words[word.lower()][2] |= HAS_IDF
    for word in (folder / "stop_words.utf8").read_text(encoding="utf-8").splitlines():
        word = word.strip().lower()
        if word:
            words.setdefault(word, [0, None, 0])[2] |= STOP
    return words


def table(words):
    total = sum(entry[0] for entry in words.values())
    entries = {}  # key: (check, weight, idf, flags)
    for word, (frequency, idf, flags) in words.items():
        key = SEED
        for character in word:
            key = step(key, character)
            entries.setdefault(key, (key & 0xFFFFFFFF or 1, NEVER, 0, 0))
        entries[key] = (key & 0xFFFFFFFF or 1, math.log(frequency / total) if frequency else NEVER,
                        min(65535, round((idf or 0) * 4096)), flags)
    slots = int(len(entries) / FULL)
    rows = [None] * slots
    for key, entry in sorted(entries.items()):
        at = ((key >> 32) * slots) >> 32
        while rows[at] is not None:
            if rows[at][0] == entry[0]:
                sys.exit("two words have one check: choose another SEED here and in src/text/words.h")
            at = (at + 1) % slots
        rows[at] = entry
    least = min(math.log(entry[0] / total) for entry in words.values() if entry[0])
    return slots, len(entries), least, b"".join(struct.pack("<IfHH", *(row or (0, 0.0, 0, 0))) for row in rows)


def main():
    folder, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    words = read_words(folder)
    idf = [entry[1] for entry in words.values() if entry[1] is not None]
    slots, entries, least, rows = table(words)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(b"ZKWORDS1" + struct.pack("<IIff", slots, entries, least, sum(idf) / len(idf))
                    + hidden_model(folder / "hmm_model.utf8") + rows)


if __name__ == "__main__":
    main()
