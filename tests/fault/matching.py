"""A run of matching that is ended goes on where it was, and comes to what it would have come to."""
import json
import signal
import subprocess
import time

from harness import expect

CUSTOMERS = 20000
SAME = ("records", "compared_pairs", "labels", "proposed", "model")


def match(context, *words, after=None):
    """The answer of `zhike customer match`, which is told to end after so many seconds."""
    command = [context.binary, "customer", "match", *words, "--data", str(context.data), "--json"]
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


def ended_while_it_compares(context, whole):
    """Which moment that is depends on the machine: later and later, until it leaves something to go on with."""
    for share in range(30, 100, 5):
        answer = match(context, after=whole * share / 100)
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
    share = ended_while_it_compares(context, took)
    expect(share, "it never left anything to go on with")
    rest = match(context, "--resume")
    for key in SAME:
        expect(rest.get(key) == whole[key],
               f"{key}: {str(rest.get(key))[:500]} after a break, {str(whole[key])[:500]} without")
    expect(match(context, "--resume").get("error", {}).get("code") == "not_found", "it is done, and can be gone on with")
    return (f"{whole['records']} records, {whole['compared_pairs']:.0f} pairs: the same after an end at {share} % of "
            f"{took:.1f} s")


TESTS = [an_ended_run_of_matching_goes_on]
