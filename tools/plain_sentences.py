"""Plain praise, blame and statements in English, put together from lists of words: what a model that has read tweets
alone does not know. Written for this project; made anew with every training, by a seed. The test sentences
(tests/facts/own/plain_english.csv) were written apart, and not from these lists."""
import random

THINGS = """product|item|service|delivery|price|quality|staff|store|shop|website|order|experience|support|design|
material|packaging|colour|size|fit|food|meal|coffee|menu|portion|dish|taste|restaurant|waitress|chef|room|bed|bathroom|
hotel|lobby|pool|reception|location|wifi|network|coverage|phone|plan|tariff|connection|speed|bank|branch|loan|interest|
transfer|account|app|update|screen|battery|sound|camera|courier|box|manual|agent|manager|cashier|helpdesk|response|
solution|explanation|process|invoice|deal|offer|value""".replace("\n", "").split("|")
GOOD = """good|great|excellent|amazing|awesome|wonderful|fantastic|perfect|nice|superb|outstanding|brilliant|lovely|
impressive|pleasant|terrific|splendid|first-class|beautiful|reliable|convenient|top notch|satisfying|delightful|decent|
remarkable|enjoyable|flawless|marvellous|solid""".replace("\n", "").split("|")
BAD = """bad|terrible|horrible|awful|poor|disappointing|useless|pathetic|dreadful|unacceptable|mediocre|appalling|
shameful|lousy|inferior|ridiculous|frustrating|annoying|atrocious|laughable|disgraceful|substandard|miserable|
worthless|shocking|unreliable|a joke|a disaster|a disgrace|a let-down""".replace("\n", "").split("|")
# Of what it is said: (things, good, bad).
FITTING = [
    ("staff|agent|manager|cashier|waitress|reception|people|employees|team|clerk|salesman|nurse|host",
     "friendly|helpful|polite|kind|professional|welcoming|patient|competent|attentive|cheerful|knowledgeable",
     "rude|unhelpful|impolite|unfriendly|incompetent|lazy|careless|unprofessional|clueless|indifferent|dismissive"),
    ("delivery|service|support|shipping|response|courier|checkout|connection|internet|wifi|download",
     "fast|quick|prompt|on time|speedy|smooth|efficient|lightning fast|punctual|stable|hassle-free",
     "slow|late|delayed|sluggish|endless|unstable|chaotic|painfully slow|never on time|patchy|overdue"),
    ("price|prices|fee|fees|rate|charges|tariff|bill|plan",
     "fair|low|affordable|reasonable|unbeatable|honest|transparent|competitive",
     "too high|unfair|outrageous|excessive|unclear|misleading|a rip-off|exorbitant"),
    ("room|bathroom|hotel|store|restaurant|kitchen|table|pool|lobby|carpet|sheets",
     "clean|tidy|spotless|cosy|spacious|comfortable|bright|well kept|calm|quiet",
     "dirty|filthy|smelly|cramped|noisy|dusty|stinking|mouldy|run-down|too small"),
    ("food|meal|dish|soup|salad|pasta|coffee|dessert|steak|breakfast|dinner|bread|rice|fish",
     "delicious|tasty|fresh|hot|yummy|well seasoned|mouth-watering|cooked to perfection|flavourful|crisp",
     "cold|bland|stale|tasteless|greasy|overcooked|burnt|soggy|inedible|undercooked|spoiled|salty"),
    ("product|phone|laptop|jacket|bag|chair|watch|printer|charger|toy|dress|kettle|device",
     "sturdy|well made|durable|easy to use|stylish|comfortable|as advertised|worth every penny|light|elegant",
     "defective|broken|flimsy|faulty|badly made|unusable|fake|not as advertised|scratched|damaged|ugly"),
    ("app|website|system|menu|form|process|payment|login",
     "easy|simple|intuitive|clear|quick|user friendly|straightforward|handy|convenient",
     "confusing|complicated|buggy|clumsy|always down|full of errors|impossible to use|broken|tedious"),
]
VERY = ["", "", "", "very ", "really ", "so ", "extremely ", "absolutely ", "quite ", "pretty ", "incredibly "]
GOOD_WHOLE = """I love it|Love this place|Highly recommended|I would recommend it to anyone|Will buy again|I will come back|
Thank you so much|Thanks for the help|Five stars|Very satisfied|I am happy with it|We are delighted|Works perfectly|
Works like a charm|Could not be better|Nothing to complain about|No problems at all|Never had a problem with them|
Worth the money|Worth every penny|Exceeded my expectations|We enjoyed every minute|I am impressed|So glad I chose them|
Everything was fine|Everything went smoothly|They solved my problem|They fixed it quickly|It made my day|
Keep up the good work|Cannot fault it|The best I have ever had|Much better than before|My favourite|Looks beautiful|
Feels great|They went out of their way to help|Pleasantly surprised|A pleasure to deal with|Well worth it|
My family loves it|Far better than the last one|Easy from start to finish|Came sooner than promised|Can't complain|
No issues whatsoever|It never lets me down|They kept their word|They always help|Good job|Well done|
A real bargain|I look forward to ordering again|They treated us like family|It does what it says""".replace("\n", "").split("|")
BAD_WHOLE = """I hate it|Never again|I will never come back|I want my money back|Total waste of money|A waste of time|
Very disappointed|I am not satisfied|Not worth the money|Not worth it|Stay away|Avoid this place|Do not waste your money|
It stopped working|It does not work|It broke after a week|Stopped working after a month|Nobody answers the phone|
No one helped us|They never called back|They lied to me|They overcharged me|They charged me for nothing|I was ripped off|
They lost my order|My order never arrived|Something was missing|It came broken|It fell apart|Doesn't fit|
It keeps freezing|It keeps crashing|It gets worse every time|The worst I have ever had|Could not be worse|Nothing works|
Not what I ordered|Not as described|Nothing like the description|Nobody cares|They do not care about customers|
I had to wait for hours|We waited forever|Still not delivered|Still no answer|I am still waiting|They refuse to refund me|
They refused to help|They would not let me cancel|I had to call five times|I will tell everyone to avoid it|
We left hungry|It made me ill|Not good|Not happy|Not great at all|It didn't help|We felt cheated|It smells|It leaks|
I cannot recommend it|I regret it|The same mistake every month|They hung up on me|No apology, no explanation|
Too much noise|Half of it was missing|It took far too long|Somebody should be ashamed""".replace("\n", "").split("|")
ASKED = """What is the {0}|Where is the {0}|When will the {0} be ready|How much is the {0}|Do you have a {0}|
Is there a {0}|Can I change my {0}|Which {0} do you offer|Who is the {0} for|How do I find the {0}|May I see the {0}|
How long does the {0} take|Does the {0} come with the {1}|Could you tell me about the {0}|
Is the {0} open on Saturday|What are the hours of the {0}|How can I contact the {0}""".replace("\n", "").split("|")
STATED = """I have a {0}|This is my {0}|I bought the {0} yesterday|The {0} is on the left|My {0} is from last year|
I called about the {0}|We used the {0} on Tuesday|It is a {0}|I asked for the {0}|The {0} comes with a {1}|
There are two of them|The {0} has a {1}|I am writing about my {0}|The {0} was ordered in May|I live near the {0}|
We have had the {0} for a year|I pay for the {0} every month|The {0} costs ten dollars|We went there for the {0}|
My name and number are on the {0}|The {0} is black|I saw the {0} in an advert|We are two adults and one child""".replace("\n", "").split("|")
OPENINGS = ["", "", "", "", "Honestly, ", "Overall, ", "To be fair, ", "In short: ", "As always, ", "This time ", "Again, "]
ENDS = ["", "", ".", ".", "!", "!!"]


def opinion(pick, good):
    """One clause."""
    way = pick(range(7))
    whole, general = (GOOD_WHOLE, GOOD) if good else (BAD_WHOLE, BAD)
    things, fine, wrong = pick(FITTING)
    thing, word = pick(things.split("|")), pick((fine if good else wrong).split("|"))
    are = "are" if thing in ("people", "employees", "prices", "fees", "charges", "sheets") else "is"
    if way == 0:
        return pick(whole)
    if way == 1:
        return f"the {thing} {pick([are, 'was' if are == 'is' else 'were'])} {pick(VERY)}{word}"
    if way == 2:
        return f"{pick(VERY)}{word} {thing}" if " " not in word else f"{thing}: {word}"
    if way == 3:
        article = pick(["", "", "the ", "my "])
        return f"{article}{pick(THINGS)} {pick(['is', 'was'])} {pick(general)}"
    if way == 4:
        some = pick([word for word in general if " " not in word])
        return f"{pick(['', '', 'what a ', 'such a '])}{some} {pick(THINGS)}"
    if way == 5:  # the other side denied
        other = pick((wrong if good else fine).split("|"))
        denied = pick(["not", "never"]) if good else pick(["not", "not", "not at all", "never", "far from", "hardly", "anything but"])
        return f"the {thing} {pick([are, 'was' if are == 'is' else 'were'])} {denied} {other}"
    if good:
        return f"{pick(['I like', 'I love', 'we enjoyed', 'thanks for', 'happy with', 'pleased with', 'impressed by'])} the {thing}"
    said = ["problems with", "disappointed by", "no", "fed up with", "unhappy with", "I am angry about", "sick of"]
    return f"{pick(said)} the {thing}" if (verb := pick(said)) == "no" else f"{verb} the {thing}"


def capital(text):
    return text[:1].upper() + text[1:]


def sentences(count, seed=1):
    """(label, text), a third of each class."""
    pick = random.Random(seed).choice
    for i in range(count):
        label = ("positive", "negative", "neutral")[i % 3]
        if label == "neutral":
            is_asked = pick((True, False))
            text = pick(ASKED if is_asked else STATED).format(pick(THINGS), pick(THINGS)) + ("?" if is_asked else pick(["", "."]))
        else:
            clauses = [opinion(pick, label == "positive") for _ in range(pick((1, 1, 1, 2, 2, 3)))]
            text = pick(OPENINGS) + pick([", ", " and ", ". "]).join(clauses) + pick(ENDS)
        yield label, capital(text.strip())
