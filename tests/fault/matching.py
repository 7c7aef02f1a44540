"""Matching that is ended goes on where it was, and comes to what it would have come to: of the store, of files."""
import json
import signal
import subprocess
import time

from harness import expect

CUSTOMERS = 20000
SAME = ("records", "compared_pairs", "labels", "proposed", "model")


def answer_of(command, after=None):
    """What the command prints, which is told to end after so many seconds."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        if after is not None:
            try:
                process.wait(after)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=120)
    finally:
        process.kill()
    return json.loads(out)


def match(context, *words, after=None):
    return answer_of([context.binary, "customer", "match", *words, "--data", str(context.data), "--json"], after)


def ended_while_it_compares(run, whole):
    """Which moment that is depends on the machine: later and later, until it leaves something to go on with."""
    for share in range(30, 100, 5):
        answer = run(after=whole * share / 100)
        detail = answer.get("error", {}).get("detail", "")
        if "--resume" in detail:
            return share
        expect("error" not in answer or "interrupted" in detail, f"it ended with {answer}")
    return None


def an_ended_run_of_matching_goes_on(context):
    world = context.folder / "world"
    context.command("simulate", "--customers", str(CUSTOMERS), "--days", "2", "--seed", "5", "--out", str(world))
    context.command("import", "--preset", "world", str(world / "crm_customers.csv"))
    refused = match(context, "--resume")
    expect(refused.get("error", {}).get("code") == "not_found", f"nothing to go on with, and it said {refused}")
    began = time.monotonic()
    whole = match(context)
    took = time.monotonic() - began
    expect(whole.get("proposed"), f"nothing is proposed: {whole}")
    share = ended_while_it_compares(lambda after: match(context, after=after), took)
    expect(share, "it never left anything to go on with")
    rest = match(context, "--resume")
    for key in SAME:
        expect(rest.get(key) == whole[key],
               f"{key}: {str(rest.get(key))[:500]} after a break, {str(whole[key])[:500]} without")
    expect(match(context, "--resume").get("error", {}).get("code") == "not_found", "it is done, and can be gone on with")
    return (f"{whole['records']} records, {whole['compared_pairs']:.0f} pairs: the same after an end at {share} % of "
            f"{took:.1f} s")


def an_ended_matching_of_files_goes_on(context):
    world, out = context.folder / "people", context.folder / "clusters.csv"
    context.command("simulate", "--customers", str(3 * CUSTOMERS), "--days", "1", "--seed", "6", "--out", str(world))
    file, kept = world / "crm_customers.csv", out.with_name("clusters.csv.unfinished")

    def resolve(*words, after=None):
        return answer_of([context.binary, "resolve", str(file), "--auto", "--out", str(out), *words, "--json"], after)

    began = time.monotonic()
    whole = resolve()
    took = time.monotonic() - began
    expect(whole.get("clusters"), f"{whole}")
    clusters = out.read_text()
    out.unlink()
    share = ended_while_it_compares(resolve, took)
    expect(share, "it never left anything to go on with")
    expect(kept.exists() and not out.exists(), "what was compared is kept, and no half a file of clusters")
    rest = resolve("--resume")
    expect(0 <= rest["resumed_pairs"] <= rest["compared_pairs"], f"{rest['resumed_pairs']} of {rest['compared_pairs']}")
    for key in ("records", "compared_pairs", "clusters", "threshold", "comparisons", "rules"):
        expect(rest.get(key) == whole[key], f"{key}: {str(rest.get(key))[:300]} after a break, {str(whole[key])[:300]}")
    expect(out.read_text() == clusters, "the clusters are the same")
    expect(not kept.exists(), "it is done: nothing to go on with is left")
    # What was kept of other records is not taken for these.
    expect(ended_while_it_compares(resolve, took), "it never left anything to go on with")
    with file.open("a") as more:
        more.write(file.read_text().splitlines()[-1] + "\n")
    other = resolve("--resume")
    expect(other["resumed_pairs"] == 0 and any("from the start" in note for note in other["notes"]), f"{other['notes']}")
    return (f"{whole['records']} records, {whole['compared_pairs']:.0f} pairs: the same after an end at {share} % of "
            f"{took:.1f} s, {rest['resumed_pairs']:.0f} pairs kept")


TESTS = [an_ended_run_of_matching_goes_on, an_ended_matching_of_files_goes_on]
