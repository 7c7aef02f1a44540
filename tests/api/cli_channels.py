"""What the commands say of the channels of the store that the cases before have filled (cli.py)."""


def channels_of_the_store(c):
    from cli import expect  # cli imports this file

    whole = ("--where", "from=2000-01-01", "to=2100-01-01")
    card = c.run("channel", "scorecard", "--cost", "web=10", *whole)
    events = int(c.run("sql", "SELECT count() FROM events WHERE dictGet('kind_of', 'channel', toUInt64(kind)) != ''")["rows"][0][0])
    expect(sum(row["events"] for row in card["items"]) == events > 0, f"every event with a channel counts once: {events}")
    expect(all(len(row["measures"]) == 10 and all((one["value"] is None) == (one["why"] != "") for one in row["measures"]) for row in card["items"]), f"a value or a reason: {card}")
    found = c.run("channel", "switching", *whole)
    expect(found["switches"] == found["carried"] + found["lost"] + found["untold"] == sum(one["count"] for one in found["items"]), f"{found}")
    credit = c.run("channel", "attribution", "--window", "7", "--resamples", "0", *whole)
    expect(credit["window_days"] == 7 and credit["conversions"] <= credit["journeys"] and credit["left_out"] == 0, f"{credit}")
    expect(not credit["items"] or abs(sum(item["models"][0]["share"] for item in credit["items"]) - 1) < 1e-9, "shares sum to 1")
    expect(c.run("channel", "scorecard", "--cost", "web=much", code=1)["error"]["code"] == "bad_field", "a cost is a number")
    expect(c.run("channel", "attribution", str(c.folder / "paths.csv"), code=2)["error"]["code"] == "usage", "a file needs its columns")
    expect(c.run("channel", "attribution", "--path", "path", code=2)["error"]["code"] == "usage", "columns are of a file")
    best = c.run("channel", "best", "--purpose", "buy", "--sample", "200", "--out", str(c.folder / "best.csv"))
    lines = (c.folder / "best.csv").read_text(encoding="utf-8").splitlines()
    expect(len(lines) == best["drawn"] + 1 and best["drawn"] <= best["customers"] + best["unseen"], f"a line for each customer drawn: {best}")
    expect(sum(one["customers"] for one in best["items"] + best["refused"]) == best["drawn"], f"named or refused: {best}")
    if best["drawn"]:
        one = c.run("channel", "best", lines[1].split(",")[0], "--purpose", "buy")
        expect((one["best"], one["why"]) == tuple(lines[1].split(",")[1:3]), f"the same of one customer: {one} {lines[1]}")
    expect(c.run("channel", "best", "--purpose", "sing", code=1)["error"]["code"] == "bad_field", "a purpose is one of the catalogue")
    expect(c.run("channel", "best", "1", "--purpose", "buy", "--out", "x.csv", code=2)["error"]["code"] == "usage", "--out is of many")
