-- Nobody asks any more whether a store has removed traits at all: the hot state no longer holds traits.
-- Why: decision 0017.
-- Cost: none. Lock: none to speak of.
-- Way back: CREATE INDEX traits_gone ON traits (subject) WHERE clear = '';
DROP INDEX traits_gone;
