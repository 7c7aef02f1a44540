-- What is spent in channels, by period: what the budget response is estimated from.
-- Why: spending is known to other systems than events are, and is imported once and read again whenever it is asked.
-- Cost: none, the table is new. Lock: none. Way back: drop the table; what it held is imported again from where it
-- came from, and nothing else reads it.

-- channel: any name. unit: whose spending it is; empty: of the whole enterprise. from_day, to_day: epoch days, the last
-- one included; of one channel and unit they do not overlap. currency: ISO 4217; empty: not told.
CREATE TABLE channel_spending
(
    channel TEXT NOT NULL,
    unit TEXT NOT NULL,
    from_day BIGINT NOT NULL,
    to_day BIGINT NOT NULL,
    amount DOUBLE PRECISION NOT NULL,
    currency TEXT NOT NULL,
    actor BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (channel, unit, from_day)
);
