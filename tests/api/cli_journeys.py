"""What the commands say of journeys of a store of their own, and of what was spent on its channels (cli.py)."""
import json


def journeys_of_the_store(c):
    from cli import expect  # cli imports this file

    data = str(c.folder / "journeys")
    events = c.folder / "journeys.jsonl"
    at = "2026-03-0{}T0{}:00:00Z".format
    steps = [("a", "Product Viewed", at(1, 8)), ("a", "Cart Viewed", at(1, 9)), ("a", "Order Completed", at(1, 9)),
             ("b", "Product Viewed", at(1, 8)), ("b", "Cart Viewed", at(1, 9)), ("c", "Product Viewed", at(9, 8))]
    with events.open("w", encoding="utf-8") as file:
        for number, (who, name, when) in enumerate(steps):
            file.write(json.dumps({"type": "track", "event": name, "userId": who, "messageId": f"j{number}", "timestamp": when, "properties": {"channel": "web"}}) + "\n")
    run = lambda *words, code=0: c.run(*words, "--data", data, code=code, data=False)
    expect(run("import", str(events))["stored"] == 6, "six events")
    whole = ("--where", "from=2026-01-01", "to=2027-01-01")
    found = run("journey", "cases", "purchase", *whole)
    expect((found["cases"], found["running"], found["complete"], found["left"]) == (3, 1, 1, 1), f"as of the newest event, b has been quiet for more than a week: {found}")
    listed = run("journey", "cases", "purchase", "--state", "complete", *whole)
    expect(listed["listed"] == 1 and listed["items"][0]["touchpoint"] == "order" and listed["items"][0]["steps"] == 3, f"{listed}")
    expect(run("journey", "cases", "nowhere", code=1)["error"]["code"] == "not_found", "no such kind")
    # A blueprint is a draft of what happens until one is put in place.
    draft = run("journey", "blueprint", "show", "purchase", *whole)
    expect(draft["version"] == 0 and draft["journeys"] == 3 and draft["cells"], f"a draft: {draft}")
    file = c.folder / "blueprint.json"
    run("journey", "blueprint", "export", "purchase", "--file", str(file), *whole)
    document = json.loads(file.read_text(encoding="utf-8"))
    document["cells"][0]["owner"] = "Care"
    file.write_text(json.dumps(document), encoding="utf-8")
    run("journey", "blueprint", "import", "purchase", "--file", str(file))
    kept = run("journey", "blueprint", "show", "purchase", *whole)
    expect(kept["version"] == 1 and kept["cells"][0]["owner"] == "Care", f"what was put in place: {kept}")
    expect(run("journey", "blueprint", "import", "purchase", code=1)["error"]["code"] == "bad_field", "a file is needed")
    # What was spent is kept once, however often it is told.
    spent = c.folder / "spent.csv"
    spent.write_text("channel,period,spend,currency\nweb,2026-W09,100,CNY\nweb,2026-W10,50,CNY\n", encoding="utf-8")
    run("channel", "spending", "import", str(spent))
    run("channel", "spending", "import", str(spent))
    entries = run("channel", "spending", "list")
    expect(sum(one["spend"] for one in entries["items"]) == 150, f"{entries}")
    answer = run("channel", "budget")
    expect(not answer["answered"] and answer["refused"], f"two weeks tell nothing: {answer}")
    personas_of_the_store(run, whole, c.folder)


def personas_of_the_store(run, whole, folder):
    """Of the three customers above: a bought, b and c did not."""
    from cli import expect  # cli imports this file

    expect(run("persona", "list", *whole)["items"] == [], "none yet")
    made = run("persona", "set", "buyer", "--name-en", "Buyer, once", "--name-zh", "买过的客户", "--condition", "did(name = 'Order Completed')")
    expect((made["key"], made["version"], made["quote"]) == ("buyer", 1, ""), f"{made}")
    again = run("persona", "set", "buyer", "--quote", "I like it here.")
    expect((again["version"], again["quote"], again["where"]) == (2, "I like it here.", made["where"]), f"the rest stays: {again}")
    file = folder / "persona.json"
    file.write_text(json.dumps({"name_en": "Looker", "where": "not did(name = 'Order Completed')"}), encoding="utf-8")
    run("persona", "set", "looker", "--file", str(file), "--position", "1")
    found = run("persona", "list", *whole)
    expect([(one["key"], one["customers"]) for one in found["items"]] == [("buyer", 1), ("looker", 2)], f"{found}")
    expect((found["customers"], found["in_none"], found["in_several"]) == (3, 0, 0), f"{found}")
    for name in ("buyer", "买过的客户"):
        expect(run("journey", "map", "all", "--persona", name, *whole)["customers"] == 1, f"the map of {name}")
    pair = run("journey", "map", "all", "--persona", "buyer", "--compare", "persona = looker", *whole)
    expect((pair["customers"], pair["other"]["customers"]) == (1, 2), f"side by side: {pair['customers']}, {pair['other']['customers']}")
    expect(run("journey", "friction", *whole, "--persona", "looker")["journeys"] == 2, "in any order of the words")
    expect(run("persona", "set", "bad", "--name-en", "Bad", "--condition", "channel = web", code=1)["error"]["code"] == "bad_field", "a condition on single events")
    expect(run("persona", "remove", "buyer")["removed"] == "buyer", "it is removed")
    expect(run("journey", "map", "all", "--persona", "buyer", code=1)["error"]["code"] == "not_found", "and missed")
