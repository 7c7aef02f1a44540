-- The cases of the kinds of journeys, as they were cut from the events: one row for each customer that has any, so that
-- a customer's cases are exchanged at once when its events, or who it is, change.
-- Why: where cases stand and how long they have waited is asked often, and cutting all events anew takes seconds.
-- Cost: none, the table is new; about 50 bytes a case and kind. Lock: none. Way back: drop the table, and the rows of
-- journey_cuts in the ledger.

CREATE TABLE IF NOT EXISTS journey_cases
(
    cut UInt32 COMMENT 'see journey_cuts of the ledger',
    customer UInt64,
    round UInt64 COMMENT 'the latest counts',
    began Array(Int64) COMMENT 'ms of the first step of each case, ascending; empty: the customer has no cases any more',
    stepped Array(Int64) COMMENT 'ms of the last step',
    last Array(Int64) COMMENT 'ms of the last event, answers too',
    steps Array(UInt32),
    failures Array(UInt32),
    first_kind Array(UInt32) COMMENT 'of the first step, see kinds',
    last_kind Array(UInt32),
    complete Array(UInt8) COMMENT '1: the last step is one of the ends'
)
ENGINE = ReplacingMergeTree(round)
PARTITION BY cut
ORDER BY (cut, customer)
SETTINGS non_replicated_deduplication_window = 10000;
