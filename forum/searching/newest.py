"""Functions of the database that find the newest things quickly, however many there are.

A common word stands in nearly every entry. Reading them all to keep the newest few hundred would make the search slower
with every article. So a second index holds each word of an entry together with its kind and, of kinds with very many
entries, the year or quarter of its date: `beitraege/2026-4/dialog`. The newest periods are asked first; if they do not
give enough, a longer time, estimated from what was found; in the end everything. A period depends on the entry alone:
time passing changes nothing.
"""

FIRST = 400  # newest entries of a kind that are looked at first
SOON = "400 days"  # what comes later still is looked up last: there is little, or it is not public yet
GLANCE = 50  # newest entries of a kind that are looked at to know whether a topic is public
MARGIN = 1.5  # longer than estimated
MOST_STEPS = 40  # times the first time that are still estimated; a rarer word is looked up everywhere
MOST_KEYS = 1_200  # words times periods that are asked at once
SMALL = 4_000_000  # bytes of rows, without what lies beside them: so few that reading what fits is the quickest way
IS_SMALL = f"pg_relation_size('forum_searchentry') < {SMALL}"

# Made by a migration, because an index is built on it: it may never change.
WORDS_OF = """
CREATE OR REPLACE FUNCTION forum_words_of(vector tsvector, period text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ARRAY(SELECT period || lexeme FROM unnest(tsvector_to_array(vector)) lexeme)
$$
"""
INDEX = (
    "CREATE INDEX search_entry_words ON forum_searchentry USING gin (forum_words_of(vector, period::text))"
    " WITH (fastupdate = off)"
)

NO_STATISTICS = "ALTER INDEX search_entry_words ALTER COLUMN 1 SET STATISTICS 0"  # slow to gather, and of no use

PERIOD = """
CREATE OR REPLACE FUNCTION forum_find_period(kind text, unit text, moment timestamp) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT kind || '/' || coalesce(
        to_char(moment, CASE unit WHEN 'year' THEN 'YYYY/' WHEN 'quarter' THEN 'YYYY-Q/' END), '')
$$
"""
# Each word with each period from `since` to `till`; NULL if those are too many.
KEYS = f"""
CREATE OR REPLACE FUNCTION forum_find_keys(
    kind text, unit text, since timestamptz, till timestamptz, words text[]
) RETURNS text[] LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
    step interval := CASE unit WHEN 'year' THEN '1 year' ELSE '3 months' END;
    periods text[] := ARRAY(SELECT forum_find_period(kind, unit, start) FROM generate_series(
        date_trunc(unit, since AT TIME ZONE 'Europe/Berlin'), till AT TIME ZONE 'Europe/Berlin', step) start);
BEGIN
    IF cardinality(periods) * cardinality(words) > {MOST_KEYS} THEN RETURN NULL; END IF;
    RETURN ARRAY(SELECT period || word FROM unnest(periods) period, unnest(words) word);
END $$
"""  # noqa: S608 - own SQL
# What stands in a text most rarely, as far as its length tells.
RAREST = """
CREATE OR REPLACE FUNCTION forum_find_rarest(words text) RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT ARRAY(SELECT lexeme FROM unnest(tsvector_to_array(to_tsvector('german', words))) lexeme
        ORDER BY length(lexeme) DESC, lexeme LIMIT 1)
$$
"""
# A topic is public while something public carries it.
TOPIC_PUBLIC = f"""
CREATE OR REPLACE FUNCTION forum_find_topic_public(topic bigint, moment timestamptz, many text[]) RETURNS boolean
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN NOT {IS_SMALL} AND EXISTS (SELECT 1 FROM unnest(many) one, LATERAL (
            SELECT e.topics, e.visible FROM forum_searchentry e WHERE e.kind = one AND e.date <= moment
            ORDER BY e.date DESC LIMIT {GLANCE}
        ) newest WHERE topic = ANY(newest.topics) AND newest.visible @> moment)
        OR EXISTS (SELECT 1 FROM forum_searchentry e WHERE e.topics @> ARRAY[topic] AND e.visible @> moment);
END $$
"""  # noqa: S608 - own SQL
# Whether something public says one of the words; a topic does not count, what carries it says its name too.
PUBLIC = f"""
CREATE OR REPLACE FUNCTION forum_find_public(words text[], moment timestamptz, many text[], units text[], few text[])
RETURNS boolean LANGUAGE plpgsql STABLE SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    keys text[] := ARRAY(SELECT one || '/' || word FROM unnest(few) one, unnest(words) word);
    newest timestamptz;
BEGIN
    FOR number IN 1 .. CASE WHEN {IS_SMALL} THEN 0 ELSE cardinality(many) END LOOP
        newest := (SELECT max(e.date) FROM forum_searchentry e WHERE e.kind = many[number] AND e.date <= moment);
        keys := keys || coalesce(forum_find_keys(many[number], units[number], newest, newest, words), '{{}}');
    END LOOP;
    RETURN NOT {IS_SMALL} AND EXISTS (SELECT 1 FROM forum_searchentry e
            WHERE forum_words_of(e.vector, e.period::text) && keys AND e.visible @> moment AND e.kind <> 'themen')
        OR EXISTS (SELECT 1 FROM forum_searchentry e WHERE e.vector @@ array_to_string(words, ' | ')::tsquery
            AND e.visible @> moment AND e.kind <> 'themen');
END $$
"""  # noqa: S608 - own SQL
HIT = "e.id, e.kind::text, e.date, e.topics"
FITS = """e.visible @> moment AND (topic IS NULL OR topic = ANY(e.topics))
        AND (e.kind <> 'themen' OR forum_find_topic_public(e.object_id, moment, many))"""
# The condition on the date is written so that no other index is read.
SCAN = f"""
        SELECT {HIT} FROM forum_searchentry e
        WHERE forum_words_of(e.vector, e.period::text) && keys AND {{more}} (is_whole OR e.vector @@ asked)
            AND (edge IS NULL OR e.date < edge) AND {FITS}
        ORDER BY e.date DESC NULLS LAST, e.id DESC LIMIT most"""  # noqa: S608 - own SQL
SCANNED = f"""
CREATE OR REPLACE FUNCTION forum_find_scanned(
    asked tsquery, keys text[], more text[], is_whole boolean, moment timestamptz, edge timestamptz, most bigint,
    topic bigint, many text[], OUT id bigint, OUT kind text, OUT date timestamptz, OUT topics bigint[]
) RETURNS SETOF record LANGUAGE plpgsql STABLE ROWS 500 AS $$
#variable_conflict use_variable
BEGIN
    IF more IS NULL THEN
        RETURN QUERY {SCAN.format(more="")};
    ELSE
        RETURN QUERY {SCAN.format(more="forum_words_of(e.vector, e.period::text) && more AND")};
    END IF;
END $$
"""
# Once `most` are found nothing more is looked for: kinds that were not looked through come as rows without a key.
# Args: `words`: of each group of alternatives those of which everything found says one; `is_whole`: that is enough to
# be found; `many` and `units`: kinds with very many entries and their periods; `few`: the other kinds.
NEWEST = f"""
CREATE OR REPLACE FUNCTION forum_find_newest(
    asked tsquery, words jsonb, is_whole boolean, moment timestamptz, most integer, many text[], units text[],
    few text[], topic bigint, year text, OUT id bigint, OUT kind text, OUT date timestamptz, OUT topics bigint[]
) RETURNS SETOF record LANGUAGE plpgsql STABLE ROWS 500
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_variable
DECLARE
    opening timestamptz := coalesce(make_timestamptz(year::int, 1, 1, 0, 0, 0, 'Europe/Berlin'), '-infinity');
    ending timestamptz := coalesce(make_timestamptz(year::int + 1, 1, 1, 0, 0, 0, 'Europe/Berlin'), 'infinity');
    soon timestamptz := least(ending, moment + '{SOON}'::interval); is_later boolean;
    one text[] := ARRAY(SELECT jsonb_array_elements_text(words -> 0));
    other text[] := CASE WHEN jsonb_array_length(words) > 1
        THEN ARRAY(SELECT jsonb_array_elements_text(words -> -1)) END;
    keys text[]; more text[];
    rest text[] := '{{}}'; edges timestamptz[] := '{{}}';
    single text; unit text; oldest timestamptz; newest timestamptz; since timestamptz; edge timestamptz;
    reach interval; hits bigint; total bigint := 0; unfinished text[] := '{{}}';
BEGIN
    IF {IS_SMALL} THEN
        RETURN QUERY SELECT {HIT} FROM forum_searchentry e
            WHERE e.vector @@ asked AND e.kind = ANY(many || few)
            AND (year IS NULL OR e.date >= opening AND e.date < ending) AND {FITS};
        RETURN;
    END IF;
    FOR number IN 1 .. cardinality(many) LOOP
        single := many[number]; unit := units[number]; edge := ending;
        is_later := coalesce((SELECT max(e.date) >= soon FROM forum_searchentry e
            WHERE e.kind = single AND e.date < ending), false);
        SELECT max(shown.date), min(shown.date), count(*) INTO newest, since, hits FROM (
            SELECT e.date FROM forum_searchentry e WHERE e.kind = single AND e.date >= opening AND e.date < soon
                AND e.visible @> moment ORDER BY e.date DESC LIMIT {FIRST}
        ) shown;
        keys := forum_find_keys(single, unit, since, newest, one);
        more := forum_find_keys(single, unit, since, newest, other);
        IF hits = {FIRST} AND keys IS NOT NULL AND (more IS NULL) = (other IS NULL) THEN
            edge := date_trunc(unit, since, 'Europe/Berlin');
            RETURN QUERY SELECT * FROM forum_find_scanned(
                asked, keys, more, is_whole, moment, soon, most, topic, many);
            GET DIAGNOSTICS hits = ROW_COUNT;
            total := total + hits;
            IF total >= most THEN
                unfinished := unfinished || single;
                CONTINUE;
            END IF;
            oldest := (SELECT min(e.date) FROM forum_searchentry e WHERE e.kind = single AND e.date >= opening);
            CONTINUE WHEN oldest >= edge AND NOT is_later;
            IF hits * {MOST_STEPS} >= most THEN
                reach := (newest - edge) * ({MARGIN} * most / hits);
                since := CASE WHEN reach < newest - oldest THEN newest - reach ELSE oldest END;
                keys := forum_find_keys(single, unit, since, edge - '1 second'::interval, one);
                more := forum_find_keys(single, unit, since, edge - '1 second'::interval, other);
                IF keys IS NOT NULL AND (more IS NULL) = (other IS NULL) THEN
                    RETURN QUERY SELECT * FROM forum_find_scanned(
                        asked, keys, more, is_whole, moment, edge, most - hits, topic, many);
                    GET DIAGNOSTICS hits = ROW_COUNT;
                    total := total + hits;
                    CONTINUE WHEN since = oldest AND total < most AND NOT is_later;
                    edge := date_trunc(unit, since, 'Europe/Berlin');
                END IF;
            END IF;
        END IF;
        rest := rest || single;
        edges := edges || edge;
    END LOOP;
    IF year IS NULL AND (rest <> many OR total >= most) THEN
        keys := ARRAY(SELECT small || '/' || word FROM unnest(few) small, unnest(one) word);
        more := CASE WHEN other IS NOT NULL THEN
            ARRAY(SELECT small || '/' || word FROM unnest(few) small, unnest(other) word) END;
        RETURN QUERY SELECT * FROM forum_find_scanned(
            asked, keys, more, is_whole, moment, NULL, most * cardinality(few)::bigint, topic, many);
    ELSIF year IS NULL THEN
        rest := rest || few;
        edges := edges || array_fill(NULL::timestamptz, ARRAY[cardinality(few)]);
    END IF;
    IF total >= most THEN
        unfinished := unfinished || rest;
    ELSIF rest <> '{{}}' THEN
        RETURN QUERY
            SELECT {HIT} FROM forum_searchentry e
            JOIN unnest(rest, edges) late(kind, edge)
                ON late.kind = e.kind AND (late.edge IS NULL OR e.date < late.edge OR e.date >= soon)
            WHERE e.vector @@ asked AND (year IS NULL OR e.date >= opening AND e.date < ending) AND {FITS};
    END IF;
    RETURN QUERY SELECT NULL::bigint, one_kind, NULL::timestamptz, NULL::bigint[] FROM unnest(unfinished) one_kind;
END $$
"""  # noqa: S608 - own SQL
FUNCTIONS = [PERIOD, KEYS, RAREST, TOPIC_PUBLIC, PUBLIC, SCANNED, NEWEST]
